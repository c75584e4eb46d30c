<?php

declare(strict_types=1);

/** Messages whose bounds the system keeps: `unix-seqpacket` and `unix-datagram`. */
final class PacketSocket
{
    private const FIRST_ROOM = 65_536;

    private bool $atEnd = false;

    public function __construct(
        private readonly Socket $socket,
        private readonly int $limit,
        private readonly bool $isDatagram,
    ) {
    }

    public function send(string $payload): void
    {
        $length = strlen($payload);
        if ($length > $this->limit) {
            throw Fault::tooLarge($length, $this->limit);
        }
        if ($length === 0 && !$this->isDatagram) {
            throw new Fault('malformed', 'A packet of no bytes would look like the end of the stream: send a byte.');
        }
        try {
            // The whole packet or nothing, so there is no rest to send.
            while (socket_send($this->socket, $payload, $length, MSG_DONTWAIT) === false) {
                // Of datagrams the receiver's queue takes only so many, whatever their size.
                Waiting::untilWritable(socket_export_stream($this->socket));
            }
        } catch (SystemError $error) {
            // Linux reports a receiver that is gone as ECONNREFUSED once, and disconnects the socket in doing so.
            if ($this->isDatagram && $error->getCode() === SOCKET_ENOTCONN) {
                throw new SystemError($error->getMessage(), SOCKET_ECONNREFUSED);
            }
            throw $error;
        }
    }

    /** The next message, null at the end of the stream, which datagrams do not have. */
    public function receive(?Deadline $deadline): ?string
    {
        while (!$this->atEnd) {
            Waiting::untilReadable(socket_export_stream($this->socket), $deadline);
            $length = $this->lengthOfNext();
            if ($length === 0 && !$this->isDatagram) {
                $this->atEnd = true;
            } elseif ($length !== null) {
                // A datagram of no bytes is a message like any other, and must be taken out of the queue as well.
                socket_recv($this->socket, $message, max($length, 1), MSG_DONTWAIT);
                return $length > $this->limit ? throw Fault::tooLarge($length, $this->limit) : (string) $message;
            }
        }
        return null;
    }

    public function endWriting(): void
    {
        Sockets::endWriting($this->socket);
    }

    public function close(): void
    {
        socket_close($this->socket);
    }

    /**
     * A packet that is longer than the room for it is cut. So look at it first, with more and more room until it fits.
     * With MSG_TRUNC the system says the length at once; but then `socket_recv` puts an end behind so many bytes, in
     * memory that is not its own.
     */
    private function lengthOfNext(): ?int
    {
        $room = self::FIRST_ROOM;
        while (($length = socket_recv($this->socket, $start, $room, MSG_DONTWAIT | MSG_PEEK)) === $room) {
            // What is longer than the limit is dropped, however long it is.
            if ($length > $this->limit) {
                return $length;
            }
            $room *= 2;
        }
        return $length === false ? null : $length;
    }
}
