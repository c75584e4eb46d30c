<?php

declare(strict_types=1);

/**
 * A call that the system has refused. The code is its errno.
 *
 * PHP's functions return false and raise a warning, which nobody has to look at. Here every warning becomes an
 * exception. No call gives the errno of a stream: it is in the warning, as a number or only in the system's words.
 */
final class SystemError extends Exception
{
    private const LARGEST_ERRNO = 133;

    public static function throwForWarnings(): void
    {
        set_error_handler(static function (int $severity, string $warning): bool {
            // What stands behind an @ has been masked out.
            if ((error_reporting() & $severity) === 0) {
                return true;
            }
            throw new self($warning, self::errnoIn($warning));
        });
    }

    /** `stat` says only that it has failed. */
    public static function ofPath(string $path): self
    {
        $errno = posix_access($path, POSIX_F_OK) ? SOCKET_ENOENT : posix_get_last_error();
        return new self("$path: " . posix_strerror($errno), $errno);
    }

    private static function errnoIn(string $warning): int
    {
        // Sockets: "Unable to bind address [98]: Address already in use". Streams: "failed with errno=32 Broken pipe".
        if (preg_match('~^\w+\(\): .*?(?:\[|errno=)(\d+)~', $warning, $match) === 1) {
            return (int) $match[1];
        }
        // fopen: "fopen(/a): Failed to open stream: No such file or directory". A path may contain anything.
        $words = substr((string) strrchr($warning, ':'), 2);
        for ($errno = 1; $errno <= self::LARGEST_ERRNO; $errno++) {
            if (posix_strerror($errno) === $words) {
                return $errno;
            }
        }
        return 0;
    }
}
