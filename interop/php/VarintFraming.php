<?php

declare(strict_types=1);

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
final class VarintFraming extends Framing
{
    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        $length = 0;
        for ($index = 0; $start + $index < strlen($buffer); $index++) {
            $byte = ord($buffer[$start + $index]);
            // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
            if ($index === 9 && $byte > 1) {
                throw $this->malformed('a length of more than 64 bits');
            }
            $length |= ($byte & 0x7f) << (7 * $index);
            if ($byte < 0x80) {
                return $this->frame($index + 1, $length, 0, $limit);
            }
        }
        return null;
    }

    public function encode(string $payload): string
    {
        $header = '';
        for ($length = strlen($payload); $length >= 0x80; $length >>= 7) {
            $header .= chr($length & 0x7f | 0x80);
        }
        return $header . chr($length) . $payload;
    }
}
