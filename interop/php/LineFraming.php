<?php

declare(strict_types=1);

/** The payload and a line feed. A carriage return is payload. */
final class LineFraming extends Framing
{
    private int $scanned = 0;

    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        // Only what is new is looked at, or a long line in small pieces would take quadratic time.
        $lineFeed = strpos($buffer, "\n", $start + $this->scanned);
        $length = ($lineFeed === false ? strlen($buffer) : $lineFeed) - $start;
        $frame = $this->frame(0, $length, 1, $limit);
        $this->scanned = $lineFeed === false ? $length : 0;
        return $lineFeed === false ? null : $frame;
    }

    public function encode(string $payload): string
    {
        if (str_contains($payload, "\n")) {
            throw new Fault('malformed', 'The message has a line feed, which would end it: choose another framing.');
        }
        return "$payload\n";
    }
}
