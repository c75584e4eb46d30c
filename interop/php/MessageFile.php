<?php

declare(strict_types=1);

/** Messages that are in files. PHP closes a file as soon as no variable has it any more. */
final class MessageFile
{
    public static function read(string $path, int $limit): string
    {
        // Looked at before it is opened: opening a device can have effects, and a FIFO's writer would find a reader.
        self::checkRegular(self::status($path), $path);
        $file = fopen($path, 'rn'); // n: if the path has become a FIFO since, the open does not wait for its writer.
        $status = fstat($file);
        self::checkRegular($status, $path);
        if ($status['size'] > $limit) {
            throw Fault::tooLarge($status['size'], $limit);
        }
        return (string) stream_get_contents($file, $status['size']);
    }

    public static function write(string $path, string $message): void
    {
        // It may be a FIFO, which waits for its reader.
        (new PipeBytes(Pipes::openPatiently($path, 'w')))->writeAll($message);
    }

    /** PHP remembers the last answer, which may be a lie by now. */
    public static function status(string $path): array
    {
        clearstatcache();
        return @stat($path) ?: throw SystemError::ofPath($path);
    }

    public static function isMissing(string $path): bool
    {
        clearstatcache();
        return @stat($path) === false && SystemError::ofPath($path)->getCode() === SOCKET_ENOENT;
    }

    public static function checkRegular(array $status, string $path): void
    {
        if (FileKind::of($status) !== FileKind::Regular) {
            throw new Fault('usage', "$path is not a regular file: only such a file can be used here.");
        }
    }
}
