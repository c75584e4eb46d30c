<?php

declare(strict_types=1);

/**
 * The moment until which a peer is waited for: one for all the reads that a message takes. A time for each read would
 * never be over with a peer that sends a byte now and then.
 */
final class Deadline
{
    private readonly float $moment;

    public function __construct(float $seconds)
    {
        $this->moment = self::now() + $seconds;
    }

    /** Never below 0, with which what has come already is still read. */
    public function secondsLeft(): float
    {
        return max($this->moment - self::now(), 0.0);
    }

    /** Not `microtime`, which jumps when somebody sets the clock. */
    private static function now(): float
    {
        return hrtime(true) / 1e9;
    }
}
