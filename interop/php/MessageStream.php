<?php

declare(strict_types=1);

/** Messages in a stream of bytes: a connected socket, or one end of a pipe. */
final class MessageStream
{
    /** What has come and is not yet taken, from $start on. */
    private string $buffer = '';
    private int $start = 0;
    /** The frame at $start, as soon as its header is whole. */
    private ?Frame $frame = null;
    private bool $atEnd = false;

    public function __construct(private readonly ByteStream $bytes, public readonly Framing $framing)
    {
    }

    public function send(string $payload): void
    {
        if (strlen($payload) > $this->framing->limit) {
            throw Fault::tooLarge(strlen($payload), $this->framing->limit);
        }
        // One piece, so that TCP sends one segment instead of two.
        $this->bytes->writeAll($this->framing->encode($payload));
    }

    /** The next message, null at the end of the stream. After `timeout` the next call goes on where this one was. */
    public function receive(?Deadline $deadline): ?string
    {
        // Decode first, read second: one read may have brought several frames.
        while (($message = $this->nextMessage()) === null) {
            if (!$this->atEnd) {
                $this->readMore($deadline);
            } elseif ($this->rest() === 0) {
                return null;
            } else {
                throw new Fault('truncated', "The stream ended after {$this->rest()} bytes of a frame.");
            }
        }
        return $message;
    }

    public function endWriting(): void
    {
        $this->bytes->endWriting();
    }

    public function close(): void
    {
        $this->bytes->close();
    }

    private function rest(): int
    {
        return strlen($this->buffer) - $this->start;
    }

    private function nextMessage(): ?string
    {
        if ($this->rest() === 0) {
            return null;
        }
        $this->frame ??= $this->framing->decode($this->buffer, $this->start);
        $frame = $this->frame;
        if ($frame === null || $this->rest() < $frame->header + $frame->payload + $frame->trailer) {
            return null;
        }
        $end = $this->start + $frame->header + $frame->payload;
        $this->framing->checkTrailer(substr($this->buffer, $end, $frame->trailer));
        $payload = substr($this->buffer, $this->start + $frame->header, $frame->payload);
        $this->start = $end + $frame->trailer;
        $this->frame = null;
        if ($this->rest() === 0) {
            $this->dropWhatWasTaken();
        }
        return $payload;
    }

    /** The buffer grows with what arrives, not with what was announced. */
    private function readMore(?Deadline $deadline): void
    {
        $this->dropWhatWasTaken();
        Waiting::untilReadable($this->bytes->selectable(), $deadline);
        $bytes = $this->bytes->read();
        $this->atEnd = $bytes === '';
        $this->buffer .= $bytes;
    }

    private function dropWhatWasTaken(): void
    {
        if ($this->start > 0) {
            $this->buffer = substr($this->buffer, $this->start);
            $this->start = 0;
        }
    }
}
