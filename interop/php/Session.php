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
            'framings' => implode(',', [...Framing::NAMES, Framing::NONE]),
            'codecs' => implode(',', self::CODECS),
            'features' => implode(',', self::FEATURES),
        ];
    }

    private function open(string $channel, string $address, string|int ...$description): array
    {
        if (isset($this->channels[$channel])) {
            throw new Fault('usage', "The channel $channel is open already: close it first.");
        }
        $opened = new Channel(...$description);
        $opened->open($address);
        $this->channels[$channel] = $opened;
        return array_filter(['address' => $opened->chosenAddress($address)]);
    }

    private function accept(string $channel, ?int $timeout = null): array
    {
        $this->find($channel)->accept($this->deadline($timeout));
        return [];
    }

    private function send(string $channel, string ...$keys): array
    {
        $sources = array_intersect_key($keys, ['payload' => 1, 'file' => 1, 'codec' => 1]);
        if (count($sources) !== 1 || isset($keys['codec']) !== isset($keys['value'])) {
            throw new Fault('usage', 'send needs one of payload, file, and codec with value.');
        }
        $channel = $this->find($channel);
        $this->checkCodec($keys);
        $channel->checkDirection(isSending: true);
        $channel->send(match (key($sources)) {
            'payload' => Commands::payload($keys['payload']),
            'file' => MessageFile::read($keys['file'], $channel->limit),
            'codec' => JsonCodec::encode(Values::read($keys['value'])),
        });
        return [];
    }

    private function receive(string $channel, ?int $timeout = null, string ...$keys): array
    {
        if (isset($keys['codec'], $keys['file'])) {
            throw new Fault('usage', 'A value is received with codec, and not into a file.');
        }
        $channel = $this->find($channel);
        $this->checkCodec($keys);
        $channel->checkDirection(isSending: false);
        $message = $channel->receive($this->deadline($timeout));
        if ($message === null) {
            return ['end' => 'true'];
        }
        try {
            return $this->handOver($message, $keys);
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
        $channel->checkDirection(isSending: true);
        $channel->checkDirection(isSending: false);
        return $channel;
    }

    private function deadline(?int $milliseconds): ?Deadline
    {
        return $milliseconds === null ? null : new Deadline($milliseconds / 1000);
    }

    private function checkCodec(array $keys): void
    {
        if (isset($keys['codec']) && !in_array($keys['codec'], self::CODECS, true)) {
            throw new Fault('unsupported', 'There is no such codec here: use json.');
        }
        if (isset($keys['format'])) {
            throw new Fault('usage', 'The codec json has no format: leave it out.');
        }
    }

    private function handOver(string $message, array $keys): array
    {
        if (isset($keys['file'])) {
            MessageFile::write($keys['file'], $message);
            return ['length' => strlen($message)];
        }
        if (isset($keys['codec'])) {
            return ['value' => Values::write(JsonCodec::decode($message, self::LONGEST_VALUE), self::LONGEST_VALUE)];
        }
        if (strlen($message) > self::LARGEST_PAYLOAD) {
            throw new Fault('usage', 'The message is too long for a reply: receive it with file=.');
        }
        return ['payload' => bin2hex($message)];
    }

    private function receiveInLoop(Channel $channel): string
    {
        return $channel->receive(null) ?? throw new Fault('closed', 'The stream ended in the loop.');
    }
}
