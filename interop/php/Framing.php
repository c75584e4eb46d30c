<?php

declare(strict_types=1);

/**
 * How messages lie in a stream. No input or output here: bytes in, decision out.
 *
 * A length is checked before anybody takes memory for it: four hostile bytes must not be able to ask for gigabytes.
 * Each stream has a framing object of its own.
 */
abstract class Framing
{
    /** The frame that begins at $start, or null as long as its header is not whole. */
    abstract public function decode(string $buffer, int $start, int $limit): ?Frame;

    /** The frame of a message. Throws `malformed` for one that the framing cannot carry. */
    abstract public function encode(string $payload): string;

    /** Throws `malformed` for a trailer that is none. */
    public function checkTrailer(string $trailer): void
    {
    }

    public static function named(string $name): self
    {
        return new (Framings::ALL[$name])();
    }

    /** A length from 2^63 on is negative in PHP, whose integers are signed. */
    protected function frame(int $header, int $payload, int $trailer, int $limit): Frame
    {
        if ($payload < 0 || $payload > $limit) {
            throw new Fault('too-large', "A frame announces more bytes than $limit: raise limit= when opening.");
        }
        return new Frame($header, $payload, $trailer);
    }

    protected function malformed(string $reason): Fault
    {
        return new Fault('malformed', "The stream has $reason: check that both ends use the same framing.");
    }
}
