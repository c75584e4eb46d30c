<?php

declare(strict_types=1);

/** What is answered instead of `ok`: one of the protocol's kinds of error, and a sentence for people. */
final class Fault extends Exception
{
    /** The kinds of what the system refuses, and what to do about it. */
    private const REFUSALS = [
        ['too-large', [SOCKET_EMSGSIZE], 'send a smaller packet, or raise net.core.wmem_max'],
        ['closed', [SOCKET_EPIPE], 'the peer has closed its end, open the channel again'],
        ['reset', [SOCKET_ECONNRESET], 'the peer went away with unread data, open the channel again'],
        ['refused', [SOCKET_ECONNREFUSED, SOCKET_EPROTOTYPE], 'start the listener first, of the same transport'],
        ['missing', [SOCKET_ENOENT, SOCKET_ENOTDIR, SOCKET_EBADF], 'check the path'],
        ['exists', [SOCKET_EADDRINUSE, SOCKET_EEXIST], 'choose another address, or end the program that has it'],
        ['denied', [SOCKET_EACCES, SOCKET_EPERM, SOCKET_EROFS], 'check the permissions of the path and its folder'],
        ['timeout', [SOCKET_ETIMEDOUT], 'see what the peer waits for, and ask again'],
        ['unsupported', [SOCKET_EAFNOSUPPORT, SOCKET_EPROTONOSUPPORT, SOCKET_EOPNOTSUPP], 'use what hello lists'],
        ['usage', [SOCKET_ENAMETOOLONG, SOCKET_EISDIR], 'choose another path'],
    ];

    public function __construct(public readonly string $kind, string $message)
    {
        parent::__construct($message);
    }

    public static function ofSystem(SystemError $error): self
    {
        foreach (self::REFUSALS as [$kind, $errnos, $remedy]) {
            if (in_array($error->getCode(), $errnos, true)) {
                return new self($kind, "{$error->getMessage()}; $remedy.");
            }
        }
        return new self('internal', "{$error->getMessage()}; close channels, or free space, and try again.");
    }

    public static function tooLarge(int $length, int $limit): self
    {
        return new self('too-large', "The message has $length bytes and may have $limit: raise limit= when opening.");
    }
}
