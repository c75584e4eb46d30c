<?php

declare(strict_types=1);

/*
 * The PHP endpoint: local channels on Linux with nothing but what comes with PHP, from PHP 8.2 on.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
 * output. Every other file is one subject, here from the bottom of the stack to the top. Strings are bytes in PHP,
 * whatever they contain, and `strlen` counts bytes.
 */
require 'SystemError.php'; // PHP's warnings become exceptions with the system's errno
require 'Fault.php'; // an errno becomes one of the protocol's kinds of error, in one place
require 'FileKind.php'; // what a path or a descriptor leads to
require 'CommandLines.php'; // the lines of standard input
require 'Waiting.php'; // for a peer: deadlines, and the end of the commands
require 'ByteStreams.php'; // partial and non-blocking reads and writes of sockets and pipes
require 'Framings.php'; // pure functions: bytes in, decision out
require 'MessageStream.php'; // messages in a stream of bytes, which need a framing
require 'PacketSocket.php'; // messages whose bounds the system keeps
require 'Addresses.php'; // what an address must look like
require 'MessageFile.php'; // a message from a file, a message into a file
require 'FileSlot.php'; // one text in a file
require 'SocketFile.php'; // the file of a listener, which must not stay behind
require 'Sockets.php'; // listening, accepting, connecting
require 'Pipes.php'; // FIFOs, and descriptors that the process was started with
require 'Handshake.php'; // both sides prove that they have the key
require 'Channel.php'; // what is open, and what can be done with it
require 'Values.php'; // the protocol's notation of values
require 'JsonCodec.php'; // values as JSON
require 'Commands.php'; // the grammar of a line, and which verb has which keys
require 'Session.php'; // the verbs, one method each

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
}, false); // The system shall not go on with what has been interrupted, such as a reply that nobody reads.
Inherited::remember();
Waiting::$commands = new CommandLines();

$session = new Session();
$replies = new PipeBytes(STDOUT);
$status = 0;
try {
    while (($line = Waiting::$commands->next()) !== null) {
        Waiting::commandBegins();
        $reply = $session->answer($line);
        Waiting::commandEnds();
        $replies->writeAll("$reply\n");
    }
} catch (SystemError) {
    $status = 1; // Nobody reads the replies any more.
}
$session->closeAll();
exit($status);
