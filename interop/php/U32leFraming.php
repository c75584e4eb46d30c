<?php

declare(strict_types=1);

/** An uint32, little-endian on every machine. */
final class U32leFraming extends Framing
{
    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        return strlen($buffer) - $start < 4 ? null : $this->frame(4, unpack('V', $buffer, $start)[1], 0, $limit);
    }

    public function encode(string $payload): string
    {
        return pack('V', strlen($payload)) . $payload;
    }
}
