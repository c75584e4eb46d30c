<?php

declare(strict_types=1);

/**
 * One text in a file of which others map the first 1024 bytes. PHP has no mmap; but a mapping of a file, and a read or
 * write of it, are the same memory, the system's page cache. And a read of a file that somebody has cut is short, where
 * touching a mapping of it is a SIGBUS, which kills.
 */
final class FileSlot
{
    private const SIZE = 1024;

    private readonly mixed $file;

    public function __construct(string $address, string $role, private readonly int $limit)
    {
        $path = Addresses::path($address);
        $isWriter = $role === 'write';
        // Looked at before it is opened, which could wait for ever on a FIFO. The writer may make the file.
        if (!($isWriter && MessageFile::isMissing($path))) {
            MessageFile::checkRegular(MessageFile::status($path), $path);
        }
        // Mode c makes a file that is missing and leaves one alone that is there; w would empty it.
        $this->file = fopen($path, $isWriter ? 'c+' : 'r');
        stream_set_read_buffer($this->file, 0);
        $missing = self::SIZE - $this->size();
        if ($missing <= 0) {
            return;
        }
        if (!$isWriter) {
            throw new Fault('malformed', 'The file is shorter than a slot: open it with role=write to extend it.');
        }
        // Zeros, and not `ftruncate`: that leaves a hole, and a peer who touches it on a full disk dies of SIGBUS.
        $this->write(str_repeat("\0", $missing), self::SIZE - $missing);
    }

    public function send(string $text): void
    {
        $room = min($this->limit, self::SIZE);
        if (strlen($text) > $room) {
            throw Fault::tooLarge(strlen($text), $room);
        }
        if (str_contains($text, "\0")) {
            throw new Fault('malformed', 'The text has a NUL, which would end it in the slot: send it without.');
        }
        // The whole slot, so that nothing of a longer earlier text stays behind.
        $this->write(str_pad($text, self::SIZE, "\0"), 0);
    }

    /** There is nothing to wait for. */
    public function receive(?Deadline $deadline): string
    {
        rewind($this->file);
        $slot = (string) fread($this->file, self::SIZE);
        if (strlen($slot) < self::SIZE) {
            throw new Fault('truncated', 'The file has been cut: open the channel again.');
        }
        $text = substr($slot, 0, strcspn($slot, "\0"));
        return strlen($text) > $this->limit ? throw Fault::tooLarge(strlen($text), $this->limit) : $text;
    }

    public function close(): void
    {
        fclose($this->file);
    }

    private function size(): int
    {
        return fstat($this->file)['size'];
    }

    private function write(string $bytes, int $offset): void
    {
        fseek($this->file, $offset);
        (new PipeBytes($this->file))->writeAll($bytes);
    }
}
