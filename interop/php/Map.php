<?php

declare(strict_types=1);

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
