<?php

declare(strict_types=1);

/** A stream of bytes whose calls never wait. */
abstract class ByteStream
{
    protected const CHUNK = 65_536;
    /** `substr` copies what it cuts off, so the rest of a long message is not copied after each write. */
    private const SLICE = 262_144;

    /** What has come, '' at the end of the stream, null if there is nothing yet. */
    abstract public function read(): ?string;

    /** How many of the bytes the system has taken, which may be 0. */
    abstract protected function write(string $bytes): int;

    /** What `stream_select` takes. */
    abstract public function selectable(): mixed;

    abstract public function close(): void;

    /** Sends everything, however little the system takes at once. */
    public function writeAll(string $bytes): void
    {
        $length = strlen($bytes);
        for ($offset = 0; $offset < $length; $offset += $count) {
            $count = $this->write(substr($bytes, $offset, self::SLICE));
            if ($count === 0) {
                Waiting::untilWritable($this->selectable());
            }
        }
    }
}
