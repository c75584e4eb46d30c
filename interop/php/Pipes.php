<?php

declare(strict_types=1);

/** FIFOs. */
final class Pipes
{
    private const FIFO = 0o010000;
    private const TYPE = 0o170000;

    /** Never for both ways: then the end of the stream would never come. */
    public static function openFifo(string $path, string $role): PipeBytes
    {
        // Looked at before it is opened: opening a device can have effects, and opening a file for writing empties it.
        if (!self::isPipe(MessageFile::status($path))) {
            throw new Fault('usage', "$path is not a FIFO: make one with mkfifo.");
        }
        return new PipeBytes(self::openPatiently($path, $role === 'read' ? 'r' : 'w'));
    }

    /**
     * n is O_NONBLOCK. An open that waits for the other end could not be interrupted by the end of the commands. For
     * reading there is no need to wait: as long as no writer has come there is no end of the stream to be seen.
     */
    public static function openPatiently(string $path, string $mode): mixed
    {
        while (true) {
            try {
                return fopen($path, "{$mode}n");
            } catch (SystemError $error) {
                // ENXIO: nobody reads the FIFO yet, and nothing announces that somebody does.
                if ($error->getCode() !== SOCKET_ENXIO) {
                    throw $error;
                }
                Waiting::briefly();
            }
        }
    }

    public static function isPipe(array $status): bool
    {
        return ($status['mode'] & self::TYPE) === self::FIFO;
    }
}
