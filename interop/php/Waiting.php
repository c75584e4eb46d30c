<?php

declare(strict_types=1);

/**
 * The only place where the process waits for somebody.
 *
 * PHP has no threads. So each wait for a peer is also one for the commands: when they end, nobody will ask for more,
 * and the process must not wait for the peer for ever. Nothing else may block, so no read or write may wait.
 */
final class Waiting
{
    // PHP notes a signal, and looks at its notes between two steps of the program. A signal that comes after the look
    // and before `select` interrupts nothing, so no `select` may be long.
    private const LONGEST_SELECT = 0.2;
    /** A command that is under way may come to its end after the commands have ended. */
    private const GRACE = 0.05;

    public static CommandLines $commands;
    private static ?Deadline $grace = null;
    private static bool $isCommandUnderWay = false;

    public static function commandBegins(): void
    {
        self::$grace = null;
        self::$isCommandUnderWay = true;
    }

    /** Whoever reads the reply may take their time. */
    public static function commandEnds(): void
    {
        self::$grace = null;
        self::$isCommandUnderWay = false;
    }

    /** Waits until a read, or an accept, would not wait, be it that it gives the end of the stream or an error. */
    public static function untilReadable(mixed $stream, ?Deadline $deadline = null): void
    {
        if (!self::select(['peer' => $stream], [], $deadline)) {
            throw new Fault('timeout', 'The peer did not do its part in time: see what keeps it, or give it longer.');
        }
    }

    public static function untilWritable(mixed $stream): void
    {
        self::select([], ['peer' => $stream], null);
    }

    /** Between two attempts at what the system does not announce. */
    public static function briefly(): void
    {
        self::select([], [], new Deadline(0.005));
    }

    private static function select(array $readable, array $writable, ?Deadline $deadline): bool
    {
        while (true) {
            $seconds = min(self::LONGEST_SELECT, $deadline?->secondsLeft() ?? INF);
            if (self::$commands->haveEnded() && self::$isCommandUnderWay) {
                self::$grace ??= new Deadline(self::GRACE);
                $seconds = min($seconds, self::$grace->secondsLeft());
            }
            if (self::selectOnce($readable, $writable, $seconds)) {
                return true;
            }
            if (self::$grace?->secondsLeft() === 0.0) {
                SocketFile::removeAll();
                exit(0);
            }
            if ($deadline?->secondsLeft() === 0.0) {
                return false;
            }
        }
    }

    private static function selectOnce(array $readable, array $writable, float $seconds): bool
    {
        $isForCommands = ($readable['peer'] ?? null) === STDIN;
        if (!$isForCommands && self::$commands->canEnd && !self::$commands->haveEnded()) {
            $readable['commands'] = STDIN;
        }
        $microseconds = (int) ceil($seconds * 1e6);
        if ($readable === [] && $writable === []) {
            usleep($microseconds); // PHP's `select` refuses to wait for nothing.
            return false;
        }
        $exceptional = null;
        try {
            stream_select($readable, $writable, $exceptional, 0, $microseconds);
        } catch (SystemError $error) {
            if ($error->getCode() !== SOCKET_EINTR) {
                throw $error;
            }
            return false;
        }
        if (isset($readable['commands'])) {
            self::$commands->readMore();
        }
        return isset($readable['peer']) || isset($writable['peer']);
    }
}

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
