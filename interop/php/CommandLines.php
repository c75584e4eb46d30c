<?php

declare(strict_types=1);

/** The lines of standard input. Read with `fgets`, what is behind a line would be hidden in PHP's buffer. */
final class CommandLines
{
    public const LONGEST = 262_144; // In bytes, the line feed not counted.
    /** Instead of a line that is too long. No line has a line feed in it. */
    public const TOO_LONG = "\n";
    private const CHUNK = 65_536;

    /** Not with a regular file, whose end is always near: all of it is to be obeyed. */
    public readonly bool $canEnd;
    private bool $hasEnded = false;
    private bool $isTooLong = false;
    /** The beginning of a line. */
    private string $rest = '';
    /** Whole lines that are not obeyed yet. */
    private SplQueue $lines;

    public function __construct()
    {
        $this->lines = new SplQueue();
        $this->canEnd = FileKind::of(fstat(STDIN)) !== FileKind::Regular;
        stream_set_read_buffer(STDIN, 0);
    }

    /** The next line without its line feed, TOO_LONG, or null at the end, where half a command may stand. */
    public function next(): ?string
    {
        while ($this->lines->isEmpty() && !$this->hasEnded) {
            Waiting::untilReadable(STDIN);
            $this->readMore();
        }
        return $this->lines->isEmpty() ? null : $this->lines->dequeue();
    }

    public function haveEnded(): bool
    {
        return $this->hasEnded;
    }

    /** Takes what has come, which a wait for a peer does too: the end stands behind all commands. */
    public function readMore(): void
    {
        try {
            $pieces = explode("\n", (string) fread(STDIN, self::CHUNK));
            $this->hasEnded = feof(STDIN);
        } catch (SystemError) {
            $this->hasEnded = true; // The terminal is gone.
            return;
        }
        $last = array_pop($pieces);
        foreach ($pieces as $piece) {
            $this->add($piece);
            $this->lines->enqueue($this->isTooLong ? self::TOO_LONG : $this->rest);
            $this->rest = '';
            $this->isTooLong = false;
        }
        $this->add($last);
    }

    private function add(string $piece): void
    {
        $this->rest .= $piece;
        if (strlen($this->rest) > self::LONGEST) {
            $this->isTooLong = true;
            $this->rest = '';
        }
    }
}
