<?php

declare(strict_types=1);

/** What JSON does not have: such a value can be read in a command, so that it is refused for the right reason. */
final class Foreign
{
    public function __construct(public readonly string $kind, public readonly mixed $parts)
    {
    }
}
