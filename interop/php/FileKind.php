<?php

declare(strict_types=1);

/** What a path or a descriptor leads to, by the result of `stat` or `fstat`. */
enum FileKind: int
{
    case Pipe = 0o010000;
    case Regular = 0o100000;
    case Socket = 0o140000;

    public static function of(array $status): ?self
    {
        return self::tryFrom($status['mode'] & 0o170000);
    }
}
