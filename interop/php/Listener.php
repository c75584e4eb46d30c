<?php

declare(strict_types=1);

/** A bound socket, and the file it has made. */
final class Listener
{
    private const BACKLOG = 16;

    /** With datagrams it is this one that receives: there are no connections. */
    public readonly Socket $socket;
    private ?SocketFile $file = null;

    public function __construct(private readonly string $transport, string $address)
    {
        [$host, $port] = Sockets::parse($transport, 'listen', $address);
        $this->socket = Sockets::make($transport);
        if ($transport === 'tcp') {
            // Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
            socket_set_option($this->socket, SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if ($transport === 'tcp' || $transport === 'unix-abstract') {
            socket_bind($this->socket, $host, $port);
        } else {
            $this->file = SocketFile::bind($this->socket, $host);
        }
        try {
            if ($transport !== 'unix-datagram') {
                socket_listen($this->socket, self::BACKLOG);
            }
        } catch (SystemError $error) {
            $this->close();
            throw $error;
        }
    }

    public function accept(?Deadline $deadline): Socket
    {
        do {
            Waiting::untilReadable(socket_export_stream($this->socket), $deadline);
            // False if the peer has given up since.
            $socket = socket_accept($this->socket);
        } while ($socket === false);
        return Sockets::prepare($this->transport, $socket);
    }

    public function port(): int
    {
        socket_getsockname($this->socket, $host, $port);
        return $port;
    }

    /** The file goes first: a peer that finds no file learns more than one that finds a file without a listener. */
    public function close(): void
    {
        $this->file?->remove();
        socket_close($this->socket);
    }
}
