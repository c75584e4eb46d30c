#!/usr/bin/perl

# The Perl endpoint: local channels with nothing but the modules that come with Perl.
#
# It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard
# output. Every other file is one subject. To read from the bottom of the stack to the top:
#
#   Fault          errno becomes one of the protocol's kinds of error, in one place
#   CommandLines   the lines of standard input
#   Leftovers      the files of listeners, which must not stay behind
#   Waiting        for a peer: deadlines, and the end of the commands
#   Framings       pure functions: bytes in, decision out
#   MessageStream  messages in a stream of bytes, which need a framing
#   PacketSocket   messages whose bounds the system keeps
#   FileSlot       one text in a file
#   Addresses      what an address must look like
#   Sockets        listening, accepting, connecting
#   Pipes          FIFOs and inherited descriptors
#   Handshake      both sides prove that they have the key
#   Channel        what is open, and what can be done with it
#   Values         the protocol's notation of values
#   JsonCodec      values as JSON
#   MessageFiles   messages that are in files
#   Commands       the grammar of commands and replies
#   Session        one function for each verb
#
# All strings are bytes, but for the texts in JsonCodec and Values.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__);

use Errno qw(EAGAIN EINTR);
use POSIX qw(PIPE_BUF);

use CommandLines;
use Leftovers;
use Pipes;
use Session;
use Waiting;

# Waits in `select`, for the reason that stands at Waiting::LONGEST_SLEEP.
sub write_reply {
    my ($reply) = @_;
    my $bytes   = "$reply\n";
    my $done    = 0;
    while ( $done < length $bytes ) {
        vec( my $writable = '', fileno STDOUT, 1 ) = 1;
        next if select( undef, $writable, undef, Waiting::LONGEST_SLEEP ) <= 0;
        my $count = syswrite STDOUT, $bytes, PIPE_BUF, $done;
        return 0 if !defined $count && $! != EAGAIN && $! != EINTR;    # Nobody reads the replies any more.
        $done += $count // 0;
    }
    return 1;
}

sub obey_all {
    while (1) {
        my $line = CommandLines::next_line();
        if ( defined $line ) {
            Waiting::command_begins();
            write_reply( Session::answer($line) ) or return 1;
        }
        elsif ( CommandLines::has_ended() ) {
            return 0;
        }
        else {
            Waiting::for_commands();
        }
    }
}

Pipes::note_inherited();
binmode $_ for *STDIN, *STDOUT;
$SIG{PIPE} = 'IGNORE';                     # A write to a peer that is gone shall fail, and not end this process.
$SIG{TERM} = \&Leftovers::end_by_signal;
my $status = obey_all();
Session::close_all();
exit $status;
