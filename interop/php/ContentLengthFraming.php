<?php

declare(strict_types=1);

/** Lines as in HTTP, one of them the length, and an empty one. */
final class ContentLengthFraming extends Framing
{
    private const LONGEST_HEADER = 4096;

    public function decode(string $buffer, int $start, int $limit): ?Frame
    {
        $bytes = substr($buffer, $start, self::LONGEST_HEADER);
        $end = str_starts_with($bytes, "\r\n") ? 0 : strpos($bytes, "\r\n\r\n");
        $size = $end === false ? strlen($bytes) : $end + ($end === 0 ? 2 : 4);
        $header = substr($bytes, 0, $size);
        // Whatever comes later, such a line is wrong. A CR at the end may still get its LF.
        if (preg_match('~(?<!\r)\n|\r(?=[^\n])~', $header) === 1) {
            throw $this->malformed('a header line that does not end with CR LF');
        }
        $lines = explode("\r\n", $header);
        array_pop($lines); // It is not finished, or empty.
        $length = $this->lengthIn(array_filter($lines, static fn (string $line): bool => $line !== ''));
        if ($end !== false) {
            return $this->frame($size, $length ?? throw $this->malformed('no Content-Length'), 0, $limit);
        }
        if ($size === self::LONGEST_HEADER) {
            throw $this->malformed('a header of more than 4096 bytes');
        }
        return null;
    }

    public function encode(string $payload): string
    {
        return 'Content-Length: ' . strlen($payload) . "\r\n\r\n" . $payload;
    }

    private function lengthIn(array $lines): ?int
    {
        $length = null;
        foreach ($lines as $line) {
            $pair = explode(':', $line, 2);
            if (count($pair) < 2) {
                throw $this->malformed('a header line without a colon');
            }
            [$name, $value] = $pair;
            if (strcasecmp($name, 'Content-Length') !== 0) {
                continue;
            }
            // The cast alone would take whatever begins with a digit. Above 2^63 it gives 2^63 - 1, which is too large.
            if ($length !== null || preg_match('~^[ \t]*([0-9]{1,19})[ \t]*$~D', $value, $match) !== 1) {
                throw $this->malformed('a second Content-Length, or one that is no number');
            }
            $length = (int) $match[1];
        }
        return $length;
    }
}
