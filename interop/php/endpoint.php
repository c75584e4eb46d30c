<?php

declare(strict_types=1);

/*
 * The PHP endpoint: local channels on Linux with nothing but what comes with PHP, from PHP 8.2 on.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
 * output. Every other file is one subject. To read from the bottom of the stack to the top:
 *
 *   SystemError    PHP's warnings become exceptions with the system's errno
 *   Fault          an errno becomes one of the protocol's kinds of error, in one place
 *   CommandLines   the lines of standard input
 *   Waiting        for a peer: deadlines, the end of the commands, SIGTERM
 *   ByteStreams    partial and non-blocking reads and writes of sockets and pipes
 *   Framings       pure functions: bytes in, decision out
 *   MessageStream  messages in a stream of bytes, which need a framing
 *   PacketSocket   messages whose bounds the system keeps
 *   FileSlot       one text in a file
 *   Addresses      what an address must look like
 *   SocketFile     the file of a listener, which must not stay behind
 *   Sockets        listening, accepting, connecting
 *   Pipes          FIFOs
 *   Inherited      descriptors that the process was started with
 *   Handshake      both sides prove that they have the key
 *   Channel        what is open, and what can be done with it
 *   Values         the protocol's notation of values
 *   JsonCodec      values as JSON
 *   MessageFile    a message from a file, a message into a file
 *   Commands       the grammar of a line, and which verb has which keys
 *   Session        the verbs, one method each
 *
 * Strings are bytes in PHP, whatever they contain, and strlen() counts bytes.
 */

spl_autoload_register(static function (string $class): void {
    require __DIR__ . "/$class.php";
});

SystemError::throwForWarnings();
// A write to a peer that is gone shall be EPIPE, an error like any other, and not a signal that kills.
pcntl_signal(SIGPIPE, SIG_IGN);
// Without this a handler only runs when the program asks for it.
pcntl_async_signals(true);
pcntl_signal(SIGTERM, static function (): void {
    SocketFile::removeAll();
    // The status by which the parent sees that it was SIGTERM.
    pcntl_signal(SIGTERM, SIG_DFL);
    posix_kill(posix_getpid(), SIGTERM);
});
Inherited::remember();
Waiting::$commands = new CommandLines();

$session = new Session();
$status = 0;
try {
    while (($line = Waiting::$commands->next()) !== null) {
        Waiting::commandBegins();
        (new PipeBytes(STDOUT))->writeAll($session->answer($line) . "\n");
    }
} catch (SystemError) {
    $status = 1; // Nobody reads the replies any more.
}
$session->closeAll();
exit($status);
