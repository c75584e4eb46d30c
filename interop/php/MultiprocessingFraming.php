<?php

declare(strict_types=1);

/** An int32 in network byte order, or -1 and an uint64: Python's multiprocessing.connection. */
final class MultiprocessingFraming extends Framing
{
    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        $available = strlen($buffer) - $start;
        if ($available < 4) {
            return null;
        }
        // PHP has no code for a signed number in network byte order.
        $length = unpack('N', $buffer, $start)[1];
        if ($length < 0x80000000) {
            return $this->frame(4, $length, 0, $limit);
        }
        if ($length !== 0xffffffff) {
            throw $this->malformed('a negative length');
        }
        return $available < 12 ? null : $this->frame(12, unpack('J', $buffer, $start + 4)[1], 0, $limit);
    }

    /** A limit is at most 2147483647, so the long form is never the shortest. */
    public function encode(string $payload): string
    {
        return pack('N', strlen($payload)) . $payload;
    }
}
