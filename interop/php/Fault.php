<?php

declare(strict_types=1);

/** What is answered instead of `ok`: one of the protocol's kinds of error, and a sentence for people. */
final class Fault extends Exception
{
    private const KINDS = [
        SOCKET_EMSGSIZE => 'too-large',
        SOCKET_EPIPE => 'closed',
        SOCKET_ECONNRESET => 'reset',
        SOCKET_ECONNREFUSED => 'refused',
        SOCKET_EPROTOTYPE => 'refused',
        SOCKET_ENOENT => 'missing',
        SOCKET_ENOTDIR => 'missing',
        SOCKET_EBADF => 'missing',
        SOCKET_EADDRINUSE => 'exists',
        SOCKET_EEXIST => 'exists',
        SOCKET_EACCES => 'denied',
        SOCKET_EPERM => 'denied',
        SOCKET_EROFS => 'denied',
        SOCKET_ETIMEDOUT => 'timeout',
        SOCKET_EAFNOSUPPORT => 'unsupported',
        SOCKET_EPROTONOSUPPORT => 'unsupported',
        SOCKET_EOPNOTSUPP => 'unsupported',
        SOCKET_ENAMETOOLONG => 'usage',
        SOCKET_EISDIR => 'usage',
    ];

    private const REMEDIES = [
        'too-large' => 'send a smaller packet, or raise net.core.wmem_max',
        'closed' => 'the peer has closed its end, open the channel again',
        'reset' => 'the peer went away with unread data, open the channel again',
        'refused' => 'start the listener first, of the same transport',
        'missing' => 'check the path, or pass the descriptor when this process is started',
        'exists' => 'choose another address, or end the program that has it',
        'denied' => 'check the permissions of the path and of its folder',
        'timeout' => 'see what the peer waits for, and ask again',
        'unsupported' => 'use what hello lists',
        'usage' => 'choose another path',
        'internal' => 'close channels if no descriptors are left, free space if the disk is full',
    ];

    public function __construct(public readonly string $kind, string $message)
    {
        parent::__construct($message);
    }

    /** What the system has refused. */
    public static function ofSystem(SystemError $error): self
    {
        $kind = self::KINDS[$error->getCode()] ?? 'internal';
        return new self($kind, $error->getMessage() . '; ' . self::REMEDIES[$kind] . '.');
    }

    public static function tooLarge(int $length, int $limit): self
    {
        return new self('too-large', "The message has $length bytes and the limit is $limit: raise limit= when opening.");
    }
}
