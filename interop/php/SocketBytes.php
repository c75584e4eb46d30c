<?php

declare(strict_types=1);

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
