<?php

declare(strict_types=1);

/**
 * JSON as RFC 8259 has it, by PHP's own functions.
 *
 * Their result alone is not enough. Of equal names the last wins. A whole number beyond 64 bits becomes a float, or a
 * string like any other. A name that begins with NUL is refused. So each string of a text gets a mark in front before
 * it is parsed: a name gets a number, so that all names differ, and any other string a letter.
 */
final class JsonCodec
{
    private const STRING = '~"(?:[^"\\\\]++|\\\\.)*+"([ \t\r\n]*+:)?~s';
    private const SHORTEST_TOKEN = 5; // `null,`
    private const FLAGS = JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_SLASHES
        | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS;

    /** Lists and objects are put together here: PHP has no array for an object with the name "1", or with no names. */
    public static function encode(mixed $value): string
    {
        return match (true) {
            $value instanceof WholeNumber => $value->digits,
            is_array($value) => '[' . implode(',', array_map(self::encode(...), $value)) . ']',
            $value instanceof Map => '{' . implode(',', array_map(
                static fn (array $pair): string => self::encode($pair[0]) . ':' . self::encode($pair[1]),
                $value->pairs,
            )) . '}',
            $value instanceof Foreign => throw self::malformed("it has no $value->kind"),
            is_float($value) && !is_finite($value) => throw self::malformed('it has no NaN and no infinity'),
            default => json_encode($value, self::FLAGS),
        };
    }

    /** Throws `usage` for a value whose tokens have more than so many characters, if possible before it is built. */
    public static function decode(string $message, int $longest): mixed
    {
        self::checkSize($message, $longest);
        $names = 0;
        $mark = static function (array $match) use (&$names): string {
            $mark = isset($match[1]) ? $names++ . ':' : 't';
            return '"' . $mark . substr($match[0], 1);
        };
        $marked = preg_replace_callback(self::STRING, $mark, $message) ?? throw Values::tooLong();
        try {
            $flags = JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING;
            return self::value(json_decode($marked, false, Values::DEEPEST + 1, $flags), 0);
        } catch (JsonException $error) {
            throw self::malformed($error->getMessage());
        }
    }

    /** Some bytes of a text can stand for twenty times their memory, `[]` for one. Each takes a token in the reply. */
    private static function checkSize(string $message, int $longest): void
    {
        $bare = preg_replace(self::STRING, '', $message) ?? throw Values::tooLong();
        $tokens = max(substr_count($bare, ','), substr_count($bare, '[') + substr_count($bare, '{'));
        if ($tokens * self::SHORTEST_TOKEN > $longest) {
            throw Values::tooLong();
        }
    }

    private static function value(mixed $parsed, int $depth): mixed
    {
        if ($depth > Values::DEEPEST) {
            throw self::malformed('it is nested deeper than 200');
        }
        return match (true) {
            is_int($parsed) => new WholeNumber((string) $parsed),
            is_string($parsed) => $parsed[0] === 't' ? substr($parsed, 1) : self::hugeNumber($parsed),
            is_array($parsed) => array_map(static fn (mixed $part): mixed => self::value($part, $depth + 1), $parsed),
            is_object($parsed) => self::map($parsed, $depth),
            is_float($parsed) && is_infinite($parsed) => throw self::malformed('a number is above every float'),
            default => $parsed,
        };
    }

    private static function hugeNumber(string $digits): WholeNumber
    {
        if (strlen(ltrim($digits, '-')) > Values::MOST_DIGITS) {
            throw new Fault('too-large', 'A number has more than 20000 digits: send it as text.');
        }
        return new WholeNumber($digits);
    }

    private static function map(object $parsed, int $depth): Map
    {
        $map = new Map();
        foreach ($parsed as $name => $part) {
            $name = explode(':', $name, 2)[1];
            if (!$map->add($name, self::value($part, $depth + 1))) {
                throw self::malformed('a name stands twice in an object');
            }
        }
        return $map;
    }

    private static function malformed(string $reason): Fault
    {
        return new Fault('malformed', "This is no JSON: $reason. Look at what its sender writes.");
    }
}
