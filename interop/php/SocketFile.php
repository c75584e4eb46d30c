<?php

declare(strict_types=1);

/** The file that binding a socket makes. It outlives the process unless somebody removes it, so all are on a list. */
final class SocketFile
{
    /** @var array<int, self> */
    private static array $made = [];

    /** Which file it is. As long as its socket is open no other file gets this number, even if this one is removed. */
    private readonly array $identity;

    private function __construct(private readonly string $path)
    {
        $this->identity = self::identity($path);
        self::$made[spl_object_id($this)] = $this;
    }

    /** Binds a socket to a path, in place of a stale file. */
    public static function bind(Socket $socket, string $path): self
    {
        try {
            return self::bindAndNote($socket, $path);
        } catch (SystemError $error) {
            if ($error->getCode() !== SOCKET_EADDRINUSE) {
                throw $error;
            }
        }
        self::removeStale($path);
        return self::bindAndNote($socket, $path);
    }

    public function remove(): void
    {
        if (self::identity($this->path) === $this->identity) {
            @unlink($this->path);
        }
        unset(self::$made[spl_object_id($this)]); // Last: at SIGTERM a file that is on no list would stay.
    }

    /** At the end of the process. */
    public static function removeAll(): void
    {
        foreach (self::$made as $file) {
            $file->remove();
        }
    }

    private static function bindAndNote(Socket $socket, string $path): self
    {
        // SIGTERM must not come between the two, or the file would stay.
        pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]);
        try {
            socket_bind($socket, $path);
            return new self($path);
        } finally {
            pcntl_sigprocmask(SIG_UNBLOCK, [SIGTERM]);
        }
    }

    private static function removeStale(string $path): void
    {
        $found = self::identity($path);
        if ($found === []) {
            return; // Somebody else has removed it.
        }
        if (!self::isStale($path)) {
            throw new Fault('exists', "$path is in use, or is no socket: choose another path, or end who has it.");
        }
        // Somebody else may have found it stale as well, and listen there by now.
        if (self::identity($path) !== $found) {
            throw new Fault('exists', "Somebody listens at $path since a moment ago: choose another path.");
        }
        @unlink($path);
    }

    /**
     * Whether it is a socket that no process holds. Connecting a datagram socket sends nothing: a listener of another
     * type refuses it (EPROTOTYPE) and never notices, where it would take a connection of its own type for a peer.
     */
    private static function isStale(string $path): bool
    {
        if (filetype($path) !== 'socket') { // Connecting to any other file is ECONNREFUSED too.
            return false;
        }
        $probe = socket_create(AF_UNIX, SOCK_DGRAM, 0);
        try {
            socket_connect($probe, $path);
            return false;
        } catch (SystemError $error) {
            return $error->getCode() === SOCKET_ECONNREFUSED;
        } finally {
            socket_close($probe);
        }
    }

    /** The numbers of a file that is gone may be a new file's, but that has been made later. */
    private static function identity(string $path): array
    {
        clearstatcache(); // Else PHP may answer from its memory.
        $status = @lstat($path);
        return $status === false ? [] : [$status['dev'], $status['ino'], $status['ctime']];
    }
}
