<?php

declare(strict_types=1);

/** A stream of bytes whose calls never wait. */
abstract class ByteStream
{
    protected const CHUNK = 65_536;
    /** `substr` copies what it cuts off. So it cuts slices: to cut off all of the rest for each write would be slow. */
    protected int $slice = 262_144;

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
            $count = $this->write(substr($bytes, $offset, $this->slice));
            if ($count === 0) {
                Waiting::untilWritable($this->selectable());
            }
        }
    }
}

/**
 * A connected stream socket, by the functions of the extension `sockets`. The ones for streams, `fread` and `fwrite`,
 * give at most 8192 bytes at a time, and know no packets.
 *
 * MSG_DONTWAIT makes one call non-blocking. `socket_set_nonblock` would make the socket so, also for another process
 * that shares it. These functions give false without a warning if they would have to wait.
 */
final class SocketBytes extends ByteStream
{
    public function __construct(private readonly Socket $socket)
    {
    }

    public function read(): ?string
    {
        // At the end the count is 0 and the string null.
        return socket_recv($this->socket, $bytes, self::CHUNK, MSG_DONTWAIT) === false ? null : (string) $bytes;
    }

    protected function write(string $bytes): int
    {
        return (int) socket_send($this->socket, $bytes, strlen($bytes), MSG_DONTWAIT);
    }

    public function selectable(): mixed
    {
        return socket_export_stream($this->socket);
    }

    public function endWriting(): void
    {
        Sockets::endWriting($this->socket);
    }

    public function close(): void
    {
        socket_close($this->socket);
    }
}

/** One end of a pipe or FIFO, or a file, by PHP's functions for streams. */
final class PipeBytes extends ByteStream
{
    /** What can be written to a pipe at once as soon as `select` says that it can be written. */
    private const PIPE_BUF = 4096;

    /**
     * A stream that others share must not be made non-blocking, or it would be so for them too. To read from it after
     * `select` does not wait: a read takes what there is. A write takes all of its bytes, so they have to be few.
     */
    public function __construct(private readonly mixed $stream, private readonly bool $isShared = false)
    {
        $this->slice = $isShared ? self::PIPE_BUF : $this->slice;
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
        if ($this->isShared) {
            Waiting::untilWritable($this->stream);
        }
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
