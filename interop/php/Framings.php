<?php

declare(strict_types=1);

final class Framings
{
    public const ALL = [
        'multiprocessing' => MultiprocessingFraming::class,
        'u32le' => U32leFraming::class,
        'line' => LineFraming::class,
        'netstring' => NetstringFraming::class,
        'varint' => VarintFraming::class,
        'content-length' => ContentLengthFraming::class,
    ];
    /** The transport keeps the bounds. */
    public const NONE = 'none';
}
