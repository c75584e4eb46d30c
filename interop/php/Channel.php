<?php

declare(strict_types=1);

/** An open channel: a listener, a connection, or a listener and the connection that it has accepted. */
final class Channel
{
    public const DEFAULT_LIMIT = 64 << 20;
    public const TRANSPORTS = [
        'unix' => self::SOCKET_ROLES,
        'unix-abstract' => self::SOCKET_ROLES,
        'unix-seqpacket' => self::SOCKET_ROLES,
        'unix-datagram' => self::SOCKET_ROLES,
        'dotnet-pipe' => self::SOCKET_ROLES,
        'tcp' => self::SOCKET_ROLES,
        'fifo' => self::PIPE_ROLES,
        'pipe' => self::PIPE_ROLES,
        'socketpair' => self::PIPE_ROLES,
        'file-slot' => self::PIPE_ROLES,
    ];
    private const SOCKET_ROLES = ['listen', 'connect'];
    private const PIPE_ROLES = ['read', 'write'];
    private const KEEPS_BOUNDS = ['unix-seqpacket', 'unix-datagram', 'file-slot'];
    private const ONE_WAY = ['unix-datagram', 'fifo', 'pipe', 'file-slot'];
    /** On a one-way transport. */
    private const SENDING_ROLES = ['write', 'connect'];

    private ?Listener $listener = null;
    private MessageStream|PacketSocket|FileSlot|null $connection = null;
    /** A message that could not be handed over: the next `receive` gets it. */
    private ?string $kept = null;

    /** Refuses the words that `hello` does not list, and those that do not go together. */
    public function __construct(
        private readonly string $transport,
        private readonly string $role,
        private readonly string $framing,
        public readonly int $limit = self::DEFAULT_LIMIT,
        #[SensitiveParameter] private readonly ?string $authkey = null,
    ) {
        $roles = self::TRANSPORTS[$transport] ?? throw new Fault('unsupported', 'There is no such transport here.');
        if (!in_array($framing, [...Framing::NAMES, Framing::NONE], true)) {
            throw new Fault('unsupported', 'There is no such framing here: use what hello lists.');
        }
        if (in_array($transport, self::KEEPS_BOUNDS, true) !== ($framing === Framing::NONE)) {
            throw new Fault('unsupported', "A $transport does not go with framing=$framing: streams need one.");
        }
        if (!in_array($role, $roles, true)) {
            throw new Fault('unsupported', "A $transport has no such role: use " . implode(' or ', $roles) . '.');
        }
        if ($authkey !== null && ($roles !== self::SOCKET_ROLES || $framing !== 'multiprocessing')) {
            throw new Fault('usage', 'A key is for connections with framing=multiprocessing: leave authkey out.');
        }
    }

    public function open(string $address): void
    {
        if ($address === '') {
            throw new Fault('usage', "The address is empty: a $this->transport needs one.");
        }
        match ($this->transport) {
            'fifo' => $this->connection = $this->stream(Pipes::openFifo($address, $this->role)),
            'pipe' => $this->connection = $this->stream(Inherited::pipe($address, $this->role)),
            'socketpair' => $this->connection = $this->stream(Inherited::socket($address)),
            'file-slot' => $this->connection = new FileSlot($address, $this->role, $this->limit),
            default => $this->role === 'listen'
                ? $this->listen($address)
                : $this->useSocket(Sockets::connect($this->transport, $address), isAccepting: false),
        };
    }

    /** The address that the system has chosen, if it was asked to. */
    public function chosenAddress(string $address): ?string
    {
        $isChosen = $this->transport === 'tcp' && $this->role === 'listen' && str_ends_with($address, ':0');
        return $isChosen ? "127.0.0.1:{$this->listener->port()}" : null;
    }

    public function accept(?Deadline $deadline): void
    {
        if ($this->listener === null || $this->transport === 'unix-datagram') {
            throw new Fault('usage', 'There is nobody to accept: that is for role=listen, and not for datagrams.');
        }
        if ($this->connection !== null) {
            throw new Fault('usage', 'The channel has its peer already: open another for the next one.');
        }
        $this->useSocket($this->listener->accept($deadline), isAccepting: true);
    }

    public function checkDirection(bool $isSending): void
    {
        if ($this->connection === null) {
            throw new Fault('usage', 'The channel has no peer yet: accept one first.');
        }
        if ($this->isOneWay() && in_array($this->role, self::SENDING_ROLES, true) !== $isSending) {
            throw new Fault('usage', 'The channel goes the other way only: use one with the other role.');
        }
    }

    public function send(string $message): void
    {
        $this->connection->send($message);
    }

    /** The next message, null at the end of the stream. */
    public function receive(?Deadline $deadline): ?string
    {
        $kept = $this->kept;
        $this->kept = null;
        return $kept ?? $this->connection->receive($deadline);
    }

    public function keep(string $message): void
    {
        $this->kept = $message;
    }

    public function endWriting(): void
    {
        // This socket could; but the classes of .NET, for which there is a dotnet-pipe, have no call for it.
        if ($this->isOneWay() || $this->transport === 'dotnet-pipe') {
            throw new Fault('unsupported', "A $this->transport has no half close: close the channel.");
        }
        $this->checkDirection(true);
        $this->connection->endWriting();
    }

    public function close(): void
    {
        $this->listener?->close();
        if ($this->transport !== 'unix-datagram' || $this->listener === null) { // Else they are the same socket.
            $this->connection?->close();
        }
    }

    private function isOneWay(): bool
    {
        return in_array($this->transport, self::ONE_WAY, true);
    }

    private function listen(string $address): void
    {
        $this->listener = new Listener($this->transport, $address);
        if ($this->transport === 'unix-datagram') {
            $this->connection = new PacketSocket($this->listener->socket, $this->limit, isDatagram: true);
        }
    }

    private function useSocket(Socket $socket, bool $isAccepting): void
    {
        if ($this->framing === Framing::NONE) {
            $isDatagram = $this->transport === 'unix-datagram';
            $this->connection = new PacketSocket($socket, $this->limit, $isDatagram);
            return;
        }
        $stream = $this->stream(new SocketBytes($socket));
        if ($this->authkey !== null) {
            Handshake::run($stream, $this->authkey, $isAccepting);
        }
        $this->connection = $stream;
    }

    private function stream(ByteStream $bytes): MessageStream
    {
        return new MessageStream($bytes, new Framing($this->framing, $this->limit));
    }
}
