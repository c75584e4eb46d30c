<?php

declare(strict_types=1);

/** The decimal length, a colon, the payload, a comma. */
final class NetstringFraming extends Framing
{
    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        $length = 0;
        for ($size = 1; $start + $size <= strlen($buffer); $size++) {
            $byte = $buffer[$start + $size - 1];
            if ($byte === ':' && $size > 1) {
                return $this->frame($size, $length, 1, $limit);
            }
            if ($byte < '0' || $byte > '9' || ($size > 1 && $length === 0)) {
                throw $this->malformed('a length that is no number, or has a zero in front');
            }
            $length = 10 * $length + (int) $byte;
            // At this digit, not at the colon: nobody shall be able to send digits for ever.
            $this->frame($size, $length, 1, $limit);
        }
        return null;
    }

    public function checkTrailer(string $trailer): void
    {
        if ($trailer !== ',') {
            throw $this->malformed('another byte than a comma behind a netstring');
        }
    }

    public function encode(string $payload): string
    {
        return strlen($payload) . ":$payload,";
    }
}
