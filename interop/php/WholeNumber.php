<?php

declare(strict_types=1);

/** A whole number of any size. PHP's own have 64 bits; above, arithmetic turns them into a float. */
final class WholeNumber
{
    public function __construct(public readonly string $digits)
    {
    }
}
