<?php

declare(strict_types=1);

/** Obeys commands: one method for each verb, which returns the values of the reply. */
final class Session
{
    private const LONGEST_VALUE = CommandLines::LONGEST - 9; // `ok value=`
    private const LARGEST_PAYLOAD = (CommandLines::LONGEST - 11) >> 1; // `ok payload=`
    private const CODECS = ['json'];
    private const FEATURES = ['echo', 'ping', 'authkey', 'timeout'];

    /** @var array<Channel> */
    private array $channels = [];

    /** The reply to a line, both without their line feeds. */
    public function answer(string $line): string
    {
        try {
            [$verb, $values] = Commands::parse($line);
            $values = Commands::check($verb, $values);
            return Commands::reply($this->$verb(...$values));
        } catch (Fault $fault) {
            return Commands::error($fault);
        } catch (SystemError $error) {
            return Commands::error(Fault::ofSystem($error));
        } catch (Throwable $error) {
            $words = get_class($error) . ': ' . $error->getMessage() . '. Report it with the command.';
            return Commands::error(new Fault('internal', $words));
        }
    }

    public function closeAll(): void
    {
        while (($channel = array_pop($this->channels)) !== null) {
            $channel->close();
        }
    }

    private function hello(): array
    {
        return [
            'protocol' => 1,
            'language' => 'php',
            'runtime' => rawurlencode('PHP ' . PHP_VERSION),
            'transports' => implode(',', array_keys(Channel::TRANSPORTS)),
            'framings' => implode(',', [...array_keys(Framings::ALL), Framings::NONE]),
            'codecs' => implode(',', self::CODECS),
            'features' => implode(',', self::FEATURES),
        ];
    }

    private function open(
        string $channel,
        string $transport,
        string $role,
        string $address,
        string $framing,
        int $limit = Channel::DEFAULT_LIMIT,
        #[SensitiveParameter] ?string $authkey = null,
    ): array {
        if (isset($this->channels[$channel])) {
            throw new Fault('usage', "The channel $channel is open already: close it first.");
        }
        $opened = new Channel($transport, $role, $framing, $limit, $authkey);
        $opened->open($address);
        $this->channels[$channel] = $opened;
        return array_filter(['address' => $opened->chosenAddress($address)]);
    }

    private function accept(string $channel, ?int $timeout = null): array
    {
        $this->find($channel)->accept($this->deadline($timeout));
        return [];
    }

    private function send(
        string $channel,
        ?string $payload = null,
        ?string $file = null,
        ?string $codec = null,
        ?string $value = null,
        ?string $format = null,
    ): array {
        if (count(array_filter([$payload, $file, $codec], is_string(...))) !== 1 || ($codec === null) !== ($value === null)) {
            throw new Fault('usage', 'send needs one of payload, file, and codec with value.');
        }
        $channel = $this->find($channel);
        $this->checkCodec($codec, $format);
        $channel->checkSends();
        $channel->send(match (true) {
            $payload !== null => Commands::payload($payload),
            $file !== null => MessageFile::read($file, $channel->limit),
            default => JsonCodec::encode(Values::read($value)),
        });
        return [];
    }

    private function receive(
        string $channel,
        ?string $file = null,
        ?string $codec = null,
        ?string $format = null,
        ?int $timeout = null,
    ): array {
        if ($codec !== null && $file !== null) {
            throw new Fault('usage', 'A value is received with codec, and not into a file.');
        }
        $channel = $this->find($channel);
        $this->checkCodec($codec, $format);
        $channel->checkReceives();
        $message = $channel->receive($this->deadline($timeout));
        if ($message === null) {
            return ['end' => 'true'];
        }
        try {
            return $this->handOver($message, $file, $codec);
        } catch (Throwable $error) {
            // What was too long for a reply, or for a disk, can be asked for again. What is no value is gone.
            if (!$error instanceof Fault || $error->kind === 'usage') {
                $channel->keep($message);
            }
            throw $error;
        }
    }

    private function close(string $channel, ?string $how = null): array
    {
        $opened = $this->find($channel);
        if ($how !== null) {
            $opened->endWriting();
        } else {
            unset($this->channels[$channel]);
            $opened->close();
        }
        return [];
    }

    private function reset(): array
    {
        $this->closeAll();
        return [];
    }

    private function echo(string $channel, int $count): array
    {
        $channel = $this->findTwoWay($channel);
        for ($index = 0; $index < $count; $index++) {
            $channel->send($this->receiveInLoop($channel));
        }
        return [];
    }

    private function ping(string $channel, int $count, int $size): array
    {
        $channel = $this->findTwoWay($channel);
        if ($size > $channel->limit) {
            throw Fault::tooLarge($size, $channel->limit); // Before the payload is made.
        }
        $payload = str_repeat('p', $size);
        $start = hrtime(true);
        for ($index = 0; $index < $count; $index++) {
            $channel->send($payload);
            $this->receiveInLoop($channel);
        }
        return ['nanoseconds' => hrtime(true) - $start];
    }

    private function find(string $name): Channel
    {
        return $this->channels[$name] ?? throw new Fault('usage', "The channel $name is not open: open it first.");
    }

    private function findTwoWay(string $name): Channel
    {
        $channel = $this->find($name);
        $channel->checkSends();
        $channel->checkReceives();
        return $channel;
    }

    private function deadline(?int $milliseconds): ?Deadline
    {
        return $milliseconds === null ? null : new Deadline($milliseconds / 1000);
    }

    private function checkCodec(?string $codec, ?string $format): void
    {
        if ($codec !== null && !in_array($codec, self::CODECS, true)) {
            throw new Fault('unsupported', 'There is no such codec here: use json.');
        }
        if ($format !== null) {
            throw new Fault('usage', 'The codec json has no format: leave it out.');
        }
    }

    private function handOver(string $message, ?string $file, ?string $codec): array
    {
        if ($file !== null) {
            MessageFile::write($file, $message);
            return ['length' => strlen($message)];
        }
        if ($codec !== null) {
            return ['value' => Values::write(JsonCodec::decode($message, self::LONGEST_VALUE), self::LONGEST_VALUE)];
        }
        if (strlen($message) > self::LARGEST_PAYLOAD) {
            throw new Fault('usage', 'The message is too long for a reply: receive it with file=.');
        }
        return ['payload' => bin2hex($message)];
    }

    private function receiveInLoop(Channel $channel): string
    {
        return $channel->receive(null) ?? throw new Fault('closed', 'The stream ended in the loop: the peer went away.');
    }
}
