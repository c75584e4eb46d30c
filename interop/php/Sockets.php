<?php

declare(strict_types=1);

/** Sockets of every transport that has them: making, connecting, ending. */
final class Sockets
{
    private const TYPES = ['unix-seqpacket' => SOCK_SEQPACKET, 'unix-datagram' => SOCK_DGRAM];

    /** What `socket_bind` and `socket_connect` take: an address, and a port. */
    public static function parse(string $transport, string $role, string $address): array
    {
        return match ($transport) {
            'tcp' => ['127.0.0.1', Addresses::port($address, $role)],
            'unix-abstract' => [Addresses::abstractName($address), 0],
            'dotnet-pipe' => [Addresses::dotnetPipePath($address), 0],
            default => [Addresses::socketPath($address), 0],
        };
    }

    public static function make(string $transport): Socket
    {
        $family = $transport === 'tcp' ? AF_INET : AF_UNIX;
        return self::prepare($transport, socket_create($family, self::TYPES[$transport] ?? SOCK_STREAM, 0));
    }

    public static function prepare(string $transport, Socket $socket): Socket
    {
        socket_set_nonblock($socket); // It is ours alone, and neither connecting nor accepting may wait.
        if ($transport === 'tcp') {
            // Else a small message waits until the peer has confirmed the one before, which may take 40 ms.
            socket_set_option($socket, SOL_TCP, TCP_NODELAY, 1);
        }
        return $socket;
    }

    public static function connect(string $transport, string $address): Socket
    {
        [$host, $port] = self::parse($transport, 'connect', $address);
        $socket = self::make($transport);
        // An attempt that goes on in the background is asked for again, and then says how it has ended.
        while (!socket_connect($socket, $host, $port)) {
            if (socket_last_error($socket) === SOCKET_EINPROGRESS) {
                Waiting::untilWritable(socket_export_stream($socket));
            } else {
                // EAGAIN: the queue of a Unix listener is full, and nothing announces that it has room.
                Waiting::briefly();
            }
        }
        return $socket;
    }

    /** The peer sees the end of the stream, and can still send. */
    public static function endWriting(Socket $socket): void
    {
        try {
            socket_shutdown($socket, 1);
        } catch (SystemError $error) {
            // ENOTCONN: the peer has reset the connection, so there is no direction left to close.
            if ($error->getCode() !== SOCKET_ENOTCONN) {
                throw $error;
            }
        }
    }
}

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
