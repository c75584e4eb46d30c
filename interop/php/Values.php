<?php

declare(strict_types=1);

/** A whole number of any size. PHP's own have 64 bits; above, arithmetic turns them into a float. */
final class WholeNumber
{
    public function __construct(public readonly string $digits)
    {
    }
}

/** An object of JSON. As a key of an array "1" would become the number 1, so the names stand in the values. */
final class Map
{
    /** @var array<array{string, mixed}> */
    public array $pairs = [];

    /** False if the name is there already. */
    public function add(string $name, mixed $value): bool
    {
        if (isset($this->pairs[$name])) {
            return false;
        }
        $this->pairs[$name] = [$name, $value];
        return true;
    }
}

/** What JSON does not have: such a value can be read in a command, so that it is refused for the right reason. */
final class Foreign
{
    public function __construct(public readonly string $kind, public readonly mixed $parts)
    {
    }
}

/**
 * Values as the protocol writes them, comma-separated tokens in prefix order: `map:1,text:61,list:2,int:1,null`.
 *
 * In PHP they are null, bool, float, string for a text, array for a list, WholeNumber and Map.
 */
final class Values
{
    public const DEEPEST = 200; // The root has depth 0.
    public const MOST_DIGITS = 20_000;
    private const CONSTANTS = ['null' => null, 'true' => true, 'false' => false];

    private array $words;
    private int $position = 0;

    private function __construct(string $tokens)
    {
        $this->words = explode(',', $tokens);
    }

    /** Throws `usage`. */
    public static function read(string $tokens): mixed
    {
        $reader = new self($tokens);
        $value = $reader->next(0);
        if ($reader->position < count($reader->words)) {
            throw self::unreadable('something stands behind it');
        }
        return $value;
    }

    /** Tokens of so many characters at most. */
    public static function write(mixed $value, int $longest): string
    {
        $tokens = '';
        self::append($tokens, $value, $longest + 1);
        return substr($tokens, 0, -1);
    }

    public static function tooLong(): Fault
    {
        return new Fault('usage', 'The value is too long for a reply: receive its message with file=.');
    }

    private function next(int $depth): mixed
    {
        if ($depth > self::DEEPEST) {
            throw self::unreadable('it is nested deeper than 200');
        }
        $word = $this->words[$this->position++] ?? throw self::unreadable('a part is missing at its end');
        if (array_key_exists($word, self::CONSTANTS)) {
            return self::CONSTANTS[$word];
        }
        [$kind, $text] = explode(':', $word, 2) + [1 => null];
        if ($text === null) {
            throw self::noToken();
        }
        return match ($kind) {
            'int' => self::wholeNumber($text),
            'f64' => unpack('E', self::bytes($text, 8))[1],
            'text' => self::utf8(self::bytes($text)),
            'list' => $this->parts($text, 1, $depth),
            'map' => $this->map($this->parts($text, 2, $depth)),
            'f32' => new Foreign($kind, self::bytes($text, 4)),
            'bytes', 'bytearray' => new Foreign($kind, self::bytes($text)),
            'tuple', 'set', 'frozenset' => new Foreign($kind, $this->parts($text, 1, $depth)),
            'object' => new Foreign($kind, [
                self::utf8(self::bytes($text)),
                $this->next($depth + 1),
                $this->next($depth + 1),
            ]),
            default => throw self::noToken(),
        };
    }

    private static function wholeNumber(string $text): WholeNumber
    {
        if (preg_match('~^(-?)([0-9]++)$~D', $text, $match) !== 1) {
            throw self::noToken();
        }
        if (strlen($match[2]) > self::MOST_DIGITS) {
            throw self::unreadable('a number has more than 20000 digits');
        }
        $digits = ltrim($match[2], '0');
        return new WholeNumber($digits === '' ? '0' : $match[1] . $digits);
    }

    private static function bytes(string $hex, ?int $size = null): string
    {
        $bytes = Commands::unhex($hex) ?? throw self::noToken();
        return $size === null || strlen($bytes) === $size ? $bytes : throw self::noToken();
    }

    private static function utf8(string $bytes): string
    {
        return preg_match('~~u', $bytes) === 1 ? $bytes : throw self::noToken();
    }

    /** Each part takes a word at least, so nobody can ask for more parts than there are words. */
    private function parts(string $text, int $each, int $depth): array
    {
        $left = count($this->words) - $this->position;
        $count = Addresses::number($text, 0, intdiv($left, $each));
        if ($count === null) {
            throw self::unreadable('it announces more parts than follow');
        }
        $parts = [];
        for ($index = 0; $index < $count * $each; $index++) {
            $parts[] = $this->next($depth + 1);
        }
        return $parts;
    }

    private static function map(array $parts): Map|Foreign
    {
        $map = new Map();
        foreach (array_chunk($parts, 2) as [$name, $value]) {
            if (!is_string($name) || !$map->add($name, $value)) {
                return new Foreign('map with equal names, or with names that are no text', $parts);
            }
        }
        return $map;
    }

    private static function append(string &$tokens, mixed $value, int $longest): void
    {
        $tokens .= match (true) {
            $value === null => 'null',
            is_bool($value) => $value ? 'true' : 'false',
            is_float($value) => 'f64:' . bin2hex(pack('E', $value)),
            is_string($value) => 'text:' . bin2hex($value),
            is_array($value) => 'list:' . count($value),
            $value instanceof WholeNumber => "int:$value->digits",
            $value instanceof Map => 'map:' . count($value->pairs),
        } . ',';
        if (strlen($tokens) > $longest) {
            throw self::tooLong();
        }
        $parts = $value instanceof Map ? array_merge(...array_values($value->pairs)) : $value;
        foreach (is_array($parts) ? $parts : [] as $part) {
            self::append($tokens, $part, $longest);
        }
    }

    private static function noToken(): Fault
    {
        return self::unreadable('it has something that is no token such as int:-12, text:61 or list:2');
    }

    private static function unreadable(string $reason): Fault
    {
        return new Fault('usage', "The value cannot be read: $reason. Write tokens in prefix order.");
    }
}
