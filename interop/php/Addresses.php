<?php

declare(strict_types=1);

/** What an address must look like. Nothing is opened or looked for here. */
final class Addresses
{
    private const LONGEST_SOCKET_PATH = 107; // struct sockaddr_un holds 108 bytes, one of them for the closing NUL.
    private const LONGEST_NAME = 106; // One less than the system: PHP counts the NUL in front, and adds its own behind.
    private const LONGEST_PATH = 4095;
    private const NUMBER = '~^(?:0|[1-9][0-9]{0,9})$~D';

    /** PHP's functions for files also open http://, data: and php://. A path never begins like these. */
    public static function path(string $address): string
    {
        if ($address === '' || strlen($address) > self::LONGEST_PATH || str_contains($address, "\0")) {
            throw new Fault('usage', 'A path has 1 to 4095 bytes and no NUL.');
        }
        return $address[0] === '/' ? $address : "./$address";
    }

    /** Some of PHP's functions refuse a longer path, others cut it. */
    public static function socketPath(string $address): string
    {
        self::path($address);
        $length = strlen($address);
        if ($length > self::LONGEST_SOCKET_PATH) {
            throw new Fault('usage', "The path has $length bytes and may have 107: choose a shorter folder.");
        }
        return $address;
    }

    /** Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream, which refuse these names too. */
    public static function dotnetPipePath(string $name): string
    {
        if (str_starts_with($name, '/')) {
            return self::socketPath($name);
        }
        if ($name === '' || str_contains($name, '/') || strcasecmp($name, 'anonymous') === 0) {
            throw new Fault('usage', 'The name of a .NET pipe is not empty, has no slash, and is not "anonymous".');
        }
        $folder = getenv('TMPDIR') ?: '/tmp';
        return self::socketPath(str_ends_with($folder, '/') ? "{$folder}CoreFxPipe_$name" : "$folder/CoreFxPipe_$name");
    }

    /** PHP gives the system a name that begins with NUL in its exact length. Padded, no peer would find it. */
    public static function abstractName(string $address): string
    {
        $name = substr($address, 1);
        if ($address[0] !== '@' || $name === '' || strlen($name) > self::LONGEST_NAME) {
            throw new Fault('usage', 'An abstract address is @ and a name of 1 to 106 bytes.');
        }
        return "\0$name";
    }

    public static function port(string $address, string $role): int
    {
        [$host, $port] = explode(':', $address, 2) + [1 => ''];
        $number = self::number($port, $role === 'listen' ? 0 : 1, 65_535);
        if ($host !== '127.0.0.1' || $number === null) {
            throw new Fault('usage', 'The address is not 127.0.0.1:PORT. Port 0 is only for role=listen.');
        }
        return $number;
    }

    /** 0 to 2 carry the commands, the replies and the log. */
    public static function descriptor(string $address): int
    {
        return self::number($address, 3, 2_147_483_647)
            ?? throw new Fault('usage', 'An inherited descriptor is a number from 3 to 2147483647.');
    }

    /** Null for what is no number, or out of its range. */
    public static function number(string $text, int $smallest, int $largest): ?int
    {
        $isRight = preg_match(self::NUMBER, $text) === 1 && (int) $text >= $smallest && (int) $text <= $largest;
        return $isRight ? (int) $text : null;
    }
}
