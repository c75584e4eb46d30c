<?php

declare(strict_types=1);

/** The number of bytes of each part of a frame. */
final class Frame
{
    public function __construct(
        public readonly int $header,
        public readonly int $payload,
        public readonly int $trailer,
    ) {
    }
}
