<?php

declare(strict_types=1);

/** The handshake of Python's multiprocessing.connection, in which each side proves to the other that it has the key. */
final class Handshake
{
    private const LONGEST_MESSAGE = 256;
    private const SECONDS = 5.0;
    private const CHALLENGE = '#CHALLENGE#';
    private const WELCOME = '#WELCOME#';
    private const FAILURE = '#FAILURE#';
    private const DIGESTS = ['md5', 'sha256', 'sha384', 'sha3_256', 'sha3_384'];
    // Before Python 3.12 a challenge had no {NAME}, and the answer was HMAC-MD5.
    private const OLD_CHALLENGE = 20;
    private const OLD_REPLY = 16;

    private readonly Deadline $deadline;

    private function __construct(
        private readonly MessageStream $stream,
        #[SensitiveParameter] private readonly string $key,
    ) {
        $this->deadline = new Deadline(self::SECONDS);
    }

    /** The accepting side has the first word. */
    public static function run(MessageStream $stream, #[SensitiveParameter] string $key, bool $isAccepting): void
    {
        $handshake = new self($stream, $key);
        $limit = $stream->framing->limit;
        $stream->framing->limit = self::LONGEST_MESSAGE;
        try {
            if ($isAccepting) {
                $handshake->challenge();
                $handshake->answer();
            } else {
                $handshake->answer();
                $handshake->challenge();
            }
        } catch (SystemError $error) {
            $isHangUp = in_array($error->getCode(), [SOCKET_EPIPE, SOCKET_ECONNRESET], true);
            throw $isHangUp ? self::refused('hung up in the handshake') : $error;
        } catch (Fault $fault) {
            $isBroken = in_array($fault->kind, ['truncated', 'malformed'], true);
            throw $isBroken ? self::refused('broke the handshake') : $fault;
        } finally {
            $stream->framing->limit = $limit;
        }
    }

    /** Lets the peer prove that it has the key. */
    private function challenge(): void
    {
        $challenge = '{sha256}' . random_bytes(40);
        $this->stream->send(self::CHALLENGE . $challenge);
        $isRight = $this->isRight($this->receive(), $challenge);
        $this->stream->send($isRight ? self::WELCOME : self::FAILURE);
        if (!$isRight) {
            throw self::refused('has another key');
        }
    }

    /** Proves to the peer that we have the key. */
    private function answer(): void
    {
        $message = $this->receive();
        if (!str_starts_with($message, self::CHALLENGE)) {
            throw self::refused('sent no challenge');
        }
        $this->stream->send($this->answerTo(substr($message, strlen(self::CHALLENGE))));
        if ($this->receive() !== self::WELCOME) {
            throw self::refused('has refused our key');
        }
    }

    private function answerTo(string $challenge): string
    {
        if (strlen($challenge) === self::OLD_CHALLENGE) {
            return $this->code('md5', $challenge);
        }
        $digest = $this->digestOf($challenge) ?? throw self::refused('asks for a digest that there is not');
        return "{{$digest}}" . $this->code($digest, $challenge);
    }

    /** Python before 3.12 does not look for the digest in a challenge, and answers as it always has. */
    private function isRight(string $reply, string $challenge): bool
    {
        if (strlen($reply) === self::OLD_REPLY) {
            return hash_equals($this->code('md5', $challenge), $reply);
        }
        $digest = $this->digestOf($reply);
        // `===` ends at the first difference, and so tells how much of a guess was right.
        return $digest !== null && hash_equals("{{$digest}}" . $this->code($digest, $challenge), $reply);
    }

    private function digestOf(string $message): ?string
    {
        $isNamed = preg_match('~^\{([a-z0-9_]+)\}~', $message, $match) === 1;
        return $isNamed && in_array($match[1], self::DIGESTS, true) ? $match[1] : null;
    }

    /** In PHP sha3_256 is sha3-256. */
    private function code(string $digest, string $message): string
    {
        return hash_hmac(strtr($digest, '_', '-'), $message, $this->key, true);
    }

    private function receive(): string
    {
        return $this->stream->receive($this->deadline) ?? throw self::refused('hung up in the handshake');
    }

    private static function refused(string $what): Fault
    {
        return new Fault('authentication', "The peer $what: give both sides the same key.");
    }
}
