package CommandLines;

# The lines of standard input. They are read with `sysread` alone: the buffer of `readline` and `<STDIN>` would keep
# bytes where `select` cannot see them. Reading never waits, so that also a process that waits for a peer can read on,
# and see the end.

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);

use constant {
    LONGEST  => 262_144,        # In bytes, the line feed not counted.
    TOO_LONG => \'too long',    # Stands for a line that is longer.
    CHUNK    => 65_536,
};

my @lines;
my $unfinished  = '';
my $is_too_long = 0;
my $has_ended   = !defined fileno STDIN;    # A process may be started without it.

# The next line without its line feed, or TOO_LONG. Nothing if none has come yet.
sub next_line { shift @lines }

sub has_ended { $has_ended }

# Call it when standard input can be read.
sub read_more {
    my $count = sysread STDIN, my $chunk, CHUNK;
    if ( !defined $count ) {
        return if $! == EAGAIN || $! == EINTR;
        $count = 0;    # The terminal is gone.
    }

    # A last line without a line feed may be half a command: it is not obeyed.
    return $has_ended = 1 if $count == 0;

    # Without -1 `split` leaves empty lines at the end out.
    my ( $first, @more ) = split /\n/, $chunk, -1;
    $unfinished .= $first;
    for my $start (@more) {
        my $is_above = $is_too_long || length $unfinished > LONGEST;
        push @lines, $is_above ? TOO_LONG : $unfinished;
        ( $unfinished, $is_too_long ) = ( $start, 0 );
    }

    # The rest of such a line is not worth its memory.
    ( $unfinished, $is_too_long ) = ( '', 1 ) if length $unfinished > LONGEST;
    return;
}

1;
