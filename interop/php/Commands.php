<?php

declare(strict_types=1);

/** The grammar of a command and of a reply, and which verb has which keys. Nothing of what the verbs do. */
final class Commands
{
    /** The keys that must be there, and those that may. */
    private const VERBS = [
        'hello' => [[], []],
        'open' => [['channel', 'transport', 'role', 'address', 'framing'], ['limit', 'authkey']],
        'accept' => [['channel'], ['timeout']],
        'send' => [['channel'], ['payload', 'file', 'codec', 'value', 'format']],
        'receive' => [['channel'], ['file', 'codec', 'format', 'timeout']],
        'close' => [['channel'], ['how']],
        'reset' => [[], []],
        'echo' => [['channel', 'count'], []],
        'ping' => [['channel', 'count', 'size'], []],
    ];
    /** Optional verbs that this endpoint does not have. */
    private const UNSUPPORTED = ['layout', 'call'];
    private const NUMBERS = [
        'limit' => [1, 2_147_483_647],
        'count' => [1, 10_000_000],
        'size' => [0, 2_147_483_647],
        'timeout' => [0, 86_400_000],
    ];
    private const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~';
    private const NAME = '~^[a-z0-9-]++$~D';

    /** Takes a line without its line feed apart: its verb, and the values of its keys. */
    public static function parse(string $line): array
    {
        if ($line === CommandLines::TOO_LONG) {
            throw new Fault('usage', 'The line has more than 262144 bytes: use file=.');
        }
        $foreign = substr($line, strspn($line, self::PLAIN . ' =%'), 1);
        if ($foreign !== '' || preg_match('~%(?![0-9A-Fa-f]{2})~', $line) === 1) {
            throw new Fault('usage', 'The line has a byte that must be written as %XX, or a % without digits.');
        }
        $words = explode(' ', $line);
        $verb = array_shift($words);
        if (preg_match(self::NAME, $verb) !== 1) {
            throw new Fault('usage', 'A command is VERB KEY=VALUE ... with single blanks.');
        }
        $values = [];
        foreach ($words as $word) {
            $pair = explode('=', $word);
            if (count($pair) !== 2 || preg_match(self::NAME, $pair[0]) !== 1) {
                throw new Fault('usage', 'After a blank there must be KEY=VALUE.');
            }
            if (isset($values[$pair[0]])) {
                throw new Fault('usage', 'A key stands twice: give it once.');
            }
            // Not `urldecode`, which reads a plus sign as a blank.
            $values[$pair[0]] = rawurldecode($pair[1]);
        }
        return [$verb, $values];
    }

    /** Refuses unknown verbs and wrong keys. Numbers and keys become what they say. */
    public static function check(string $verb, array $values): array
    {
        if (in_array($verb, self::UNSUPPORTED, true)) {
            throw new Fault('unsupported', "There is no $verb here: hello lists the optional verbs.");
        }
        if (!isset(self::VERBS[$verb])) {
            throw new Fault('usage', 'There is no such verb: use ' . implode(', ', array_keys(self::VERBS)) . '.');
        }
        [$required, $optional] = self::VERBS[$verb];
        foreach (array_keys($values) as $key) {
            if (!in_array((string) $key, [...$required, ...$optional], true)) {
                throw new Fault('usage', "$verb has no key " . substr((string) $key, 0, 100) . '.');
            }
        }
        foreach ($required as $key) {
            if (!isset($values[$key])) {
                throw new Fault('usage', "$verb needs the key $key.");
            }
        }
        foreach ($values as $key => $value) {
            $values[$key] = self::checkForm($key, $value);
        }
        return $values;
    }

    public static function payload(string $hex): string
    {
        return self::unhex($hex) ?? throw new Fault('usage', 'Bytes are in lower-case hex, two digits a byte.');
    }

    /** Null for what is no hex. `hex2bin` alone takes upper case too, and warns of the rest. */
    public static function unhex(string $hex): ?string
    {
        $isHex = strspn($hex, '0123456789abcdef') === strlen($hex) && strlen($hex) % 2 === 0;
        return $isHex ? hex2bin($hex) : null;
    }

    public static function reply(array $values): string
    {
        $line = 'ok';
        foreach ($values as $key => $value) {
            $line .= " $key=$value";
        }
        return $line;
    }

    /** The text may have a path in it, which need not be UTF-8. */
    public static function error(Fault $fault): string
    {
        $text = preg_replace('~[^ -\~]~', '?', substr($fault->getMessage(), 0, 5000));
        return "error kind=$fault->kind message=" . rawurlencode($text);
    }

    /** Words, addresses and payloads are checked later: other faults are reported before theirs. */
    private static function checkForm(string $key, string $value): string|int
    {
        if (isset(self::NUMBERS[$key])) {
            [$smallest, $largest] = self::NUMBERS[$key];
            return Addresses::number($value, $smallest, $largest)
                ?? throw new Fault('usage', "$key is a number from $smallest to $largest.");
        }
        if ($key === 'channel' && preg_match('~^[a-z0-9]{1,16}$~D', $value) !== 1) {
            throw new Fault('usage', 'The name of a channel is 1 to 16 of a-z and 0-9.');
        }
        if ($key === 'how' && $value !== 'write') {
            throw new Fault('usage', 'how= is write, or is left out.');
        }
        if ($key === 'authkey' && $value === '') {
            throw new Fault('usage', 'A key has at least one byte.');
        }
        return match ($key) {
            'file' => Addresses::path($value),
            'authkey' => self::payload($value),
            default => $value,
        };
    }
}
