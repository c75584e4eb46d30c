<?php

declare(strict_types=1);

/** The number of bytes of each part of a frame. */
final class Frame
{
    public function __construct(public readonly int $header, public readonly int $payload, public readonly int $trailer)
    {
    }
}

/**
 * How messages lie in a stream. No input or output here: bytes in, decision out.
 *
 * A length is checked before anybody takes memory for it: four hostile bytes must not be able to ask for gigabytes.
 * Each stream has a framing object of its own.
 */
final class Framing
{
    public const NAMES = ['multiprocessing', 'u32le', 'line', 'netstring', 'varint', 'content-length'];
    /** The transport keeps the bounds. */
    public const NONE = 'none';
    private const LONGEST_HEADER = 4096;

    /** How much of a line has been looked at. */
    private int $scanned = 0;

    public function __construct(private readonly string $name, public int $limit)
    {
    }

    /** The frame that begins at $start, or null as long as its header is not whole. */
    public function decode(string $buffer, int $start): ?Frame
    {
        return match ($this->name) {
            'multiprocessing' => $this->multiprocessing($buffer, $start),
            'u32le' => strlen($buffer) - $start < 4 ? null : $this->frame(4, unpack('V', $buffer, $start)[1], 0),
            'line' => $this->line($buffer, $start),
            'netstring' => $this->netstring($buffer, $start),
            'varint' => $this->varint($buffer, $start),
            'content-length' => $this->contentLength(substr($buffer, $start, self::LONGEST_HEADER)),
        };
    }

    /** The frame of a message. Throws `malformed` for one that the framing cannot carry. */
    public function encode(string $payload): string
    {
        $length = strlen($payload);
        if ($this->name === 'line' && str_contains($payload, "\n")) {
            throw new Fault('malformed', 'The message has a line feed, which would end it: choose another framing.');
        }
        return match ($this->name) {
            // A limit is at most 2147483647, so the long form is never the shortest.
            'multiprocessing' => pack('N', $length) . $payload,
            'u32le' => pack('V', $length) . $payload,
            'line' => "$payload\n",
            'netstring' => "$length:$payload,",
            'varint' => self::encodedVarint($length) . $payload,
            'content-length' => "Content-Length: $length\r\n\r\n$payload",
        };
    }

    /** Throws `malformed` for a trailer that is none. */
    public function checkTrailer(string $trailer): void
    {
        if ($this->name === 'netstring' && $trailer !== ',') {
            throw self::malformed('another byte than a comma behind a netstring');
        }
    }

    /** An int32 in network byte order, or -1 and an uint64: Python's multiprocessing.connection. */
    private function multiprocessing(string $buffer, int $start): ?Frame
    {
        $available = strlen($buffer) - $start;
        if ($available < 4) {
            return null;
        }
        // PHP has no code for a signed number in network byte order.
        $length = unpack('N', $buffer, $start)[1];
        if ($length < 0x80000000) {
            return $this->frame(4, $length, 0);
        }
        if ($length !== 0xffffffff) {
            throw self::malformed('a negative length');
        }
        return $available < 12 ? null : $this->frame(12, unpack('J', $buffer, $start + 4)[1], 0);
    }

    /** The payload and a line feed. A carriage return is payload. */
    private function line(string $buffer, int $start): ?Frame
    {
        // Only what is new is looked at, or a long line in small pieces would take quadratic time.
        $lineFeed = strpos($buffer, "\n", $start + $this->scanned);
        $length = ($lineFeed === false ? strlen($buffer) : $lineFeed) - $start;
        $frame = $this->frame(0, $length, 1);
        $this->scanned = $lineFeed === false ? $length : 0;
        return $lineFeed === false ? null : $frame;
    }

    /** The decimal length, a colon, the payload, a comma. */
    private function netstring(string $buffer, int $start): ?Frame
    {
        $length = 0;
        for ($size = 1; $start + $size <= strlen($buffer); $size++) {
            $byte = $buffer[$start + $size - 1];
            if ($byte === ':' && $size > 1) {
                return $this->frame($size, $length, 1);
            }
            if ($byte < '0' || $byte > '9' || ($size > 1 && $length === 0)) {
                throw self::malformed('a length that is no number, or has a zero in front');
            }
            $length = 10 * $length + (int) $byte;
            // At this digit, not at the colon: nobody shall be able to send digits for ever.
            $this->frame($size, $length, 1);
        }
        return null;
    }

    /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
    private function varint(string $buffer, int $start): ?Frame
    {
        $length = 0;
        for ($index = 0; $start + $index < strlen($buffer); $index++) {
            $byte = ord($buffer[$start + $index]);
            // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
            if ($index === 9 && $byte > 1) {
                throw self::malformed('a length of more than 64 bits');
            }
            $length |= ($byte & 0x7f) << (7 * $index);
            if ($byte < 0x80) {
                return $this->frame($index + 1, $length, 0);
            }
        }
        return null;
    }

    private static function encodedVarint(int $length): string
    {
        $bytes = '';
        for (; $length >= 0x80; $length >>= 7) {
            $bytes .= chr($length & 0x7f | 0x80);
        }
        return $bytes . chr($length);
    }

    /** Lines as in HTTP, one of them the length, and an empty one. */
    private function contentLength(string $bytes): ?Frame
    {
        $isWhole = preg_match('~^(?:\r\n|.*?\r\n\r\n)~s', $bytes, $match) === 1;
        $header = $isWhole ? $match[0] : $bytes;
        // Whatever comes later, such a line is wrong. A CR at the end may still get its LF.
        if (preg_match('~(?<!\r)\n|\r(?=[^\n])~', $header) === 1) {
            throw self::malformed('a header line that does not end with CR LF');
        }
        $lines = explode("\r\n", $header);
        $length = self::lengthIn(array_slice($lines, 0, $isWhole ? -2 : -1)); // The last is empty, or not finished.
        if ($isWhole) {
            return $this->frame(strlen($header), $length ?? throw self::malformed('no Content-Length'), 0);
        }
        return strlen($header) < self::LONGEST_HEADER ? null : throw self::malformed('too long a header');
    }

    private static function lengthIn(array $lines): ?int
    {
        $length = null;
        foreach ($lines as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => null];
            if ($value === null) {
                throw self::malformed('a header line without a colon');
            }
            if (strcasecmp($name, 'Content-Length') !== 0) {
                continue;
            }
            // The cast alone would take whatever begins with a digit. Above 2^63 it gives 2^63 - 1, which is too large.
            if ($length !== null || preg_match('~^[ \t]*([0-9]{1,19})[ \t]*$~D', $value, $match) !== 1) {
                throw self::malformed('a second Content-Length, or one that is no number');
            }
            $length = (int) $match[1];
        }
        return $length;
    }

    /** A length from 2^63 on is negative in PHP, whose integers are signed. */
    private function frame(int $header, int $payload, int $trailer): Frame
    {
        if ($payload < 0 || $payload > $this->limit) {
            throw new Fault('too-large', "A frame has more bytes than $this->limit: raise limit= when opening.");
        }
        return new Frame($header, $payload, $trailer);
    }

    private static function malformed(string $reason): Fault
    {
        return new Fault('malformed', "The stream has $reason: check that both ends use the same framing.");
    }
}
