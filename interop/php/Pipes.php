<?php

declare(strict_types=1);

/** FIFOs. */
final class Pipes
{
    /** Never for both ways: then the end of the stream would never come. */
    public static function openFifo(string $address, string $role): PipeBytes
    {
        $path = Addresses::path($address);
        // Looked at before it is opened: opening a device can have effects, and opening a file for writing empties it.
        if (FileKind::of(MessageFile::status($path)) !== FileKind::Pipe) {
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
}

/**
 * Ends of pipes and socket pairs that the process was started with. PHP never says which number a descriptor of its own
 * has, so what was there at the start is noted: all others are not for the taking.
 */
final class Inherited
{
    /** @var array<int, true> */
    private static array $numbers = [];
    private static ?FFI $libc = null;

    public static function remember(): void
    {
        foreach (scandir('/proc/self/fd') as $name) {
            // The one of `scandir` itself is gone by now.
            if (is_link("/proc/self/fd/$name")) {
                self::$numbers[(int) $name] = true;
            }
        }
    }

    public static function pipe(string $address, string $role): PipeBytes
    {
        $number = self::find($address);
        $stream = fopen("php://fd/$number", $role === 'read' ? 'r' : 'w');
        if (FileKind::of(fstat($stream)) !== FileKind::Pipe || self::goesTheOtherWay($number, $role)) {
            throw self::foreign($number, "end of a pipe that role=$role needs");
        }
        self::closeNumber($number);
        return new PipeBytes($stream, isShared: true);
    }

    public static function socket(string $address): SocketBytes
    {
        $number = self::find($address);
        $stream = fopen("php://fd/$number", 'r+');
        $socket = FileKind::of(fstat($stream)) === FileKind::Socket ? socket_import_stream($stream) : null;
        if ($socket === null || socket_get_option($socket, SOL_SOCKET, SO_TYPE) !== SOCK_STREAM) {
            throw self::foreign($number, 'stream socket');
        }
        self::closeNumber($number);
        return new SocketBytes($socket);
    }

    private static function find(string $address): int
    {
        $number = Addresses::descriptor($address);
        clearstatcache();
        if (!is_link("/proc/self/fd/$number")) {
            throw new Fault('missing', "There is no descriptor $number: pass it to this process when it is started.");
        }
        return isset(self::$numbers[$number]) ? $number : throw self::foreign($number, 'inherited descriptor');
    }

    private static function goesTheOtherWay(int $number, string $role): bool
    {
        preg_match('~^flags:\s*([0-7]+)~m', file_get_contents("/proc/self/fdinfo/$number"), $match);
        $readsOnly = 0;
        $writesOnly = 1;
        return (octdec($match[1]) & 3) === ($role === 'read' ? $writesOnly : $readsOnly);
    }

    /** `php://fd` gives a copy. Nothing in PHP itself closes the original, and the peer would wait for that. */
    private static function closeNumber(int $number): void
    {
        unset(self::$numbers[$number]);
        self::$libc ??= FFI::cdef('int close(int descriptor);');
        self::$libc->close($number);
    }

    private static function foreign(int $number, string $what): Fault
    {
        return new Fault('usage', "The descriptor $number is no $what.");
    }
}
