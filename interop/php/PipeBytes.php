<?php

declare(strict_types=1);

/** One end of a pipe or FIFO, or a file, by PHP's functions for streams. */
final class PipeBytes extends ByteStream
{
    public function __construct(private readonly mixed $stream)
    {
        // Else PHP reads ahead, and `stream_select` and the system do not agree on what is there. It also gives the
        // 8192 bytes of its buffer at most.
        stream_set_read_buffer($stream, 0);
    }

    public function read(): ?string
    {
        $bytes = (string) fread($this->stream, self::CHUNK);
        return $bytes === '' && !feof($this->stream) ? null : $bytes;
    }

    protected function write(string $bytes): int
    {
        // 0 where the system says EAGAIN, false without a warning where it says EINTR.
        return (int) fwrite($this->stream, $bytes);
    }

    public function selectable(): mixed
    {
        return $this->stream;
    }

    public function close(): void
    {
        fclose($this->stream);
    }
}
