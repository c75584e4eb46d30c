package Waiting;

# All waiting is here. Nothing else in this program lasts: descriptors are opened, read and written only when that
# returns at once. And whoever waits for a peer also looks at standard input, because an endpoint whose commands have
# ended must not outlive who started it.

use strict;
use warnings;

use List::Util  qw(max min);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use CommandLines;
use Fault;
use Leftovers;

use constant {

   # In seconds. Perl runs a signal's handler between two of its own steps. A signal that comes just before the system's
   # call does not interrupt it, and its handler has to wait for the call's end. So no call is long.
    LONGEST_SLEEP => 0.25,
    GRACE         => 0.05,    # A command that waits when the commands end may still come to its end.
    MOMENT        => 0.01,
};

# A regular file is always at its end, or near: all of its commands are to be obeyed.
my $is_watching = !-f STDIN;
my $ends_at;

# Not `time`, which jumps when somebody sets the clock.
sub now { clock_gettime(CLOCK_MONOTONIC) }

# The next command has its own time of grace.
sub command_begins { undef $ends_at }

# Waits until a read, or an accept, would return at once, be it with the end of the stream or with an error.
sub until_readable {
    my ( $handle, $deadline ) = @_;
    _until_ready( $handle, 0, $deadline )
      or Fault->throw( 'timeout', 'The peer did not do its part in time: see what keeps it, or give it longer.' );
    return;
}

sub until_writable {
    my ($handle) = @_;
    _until_ready( $handle, 1, undef );
    return;
}

# For what the system cannot tell: it has to be tried again.
sub a_moment {
    _until_ready( undef, 0, now() + MOMENT );
    return;
}

sub for_commands {
    my $readable = _set( fileno STDIN );
    CommandLines::read_more() if select( $readable, undef, undef, LONGEST_SLEEP ) > 0;
    return;
}

# Whether it became ready before the deadline, which is one moment for all the reads that a message takes: a time for
# each would never be over with a peer that sends a byte now and then. No deadline is for ever.
sub _until_ready {
    my ( $handle, $is_for_writing, $deadline ) = @_;
    my $number = defined $handle ? fileno $handle : undef;
    while (1) {
        my $looks_at_input = $is_watching && !CommandLines::has_ended();
        my $readable       = _set( $looks_at_input ? fileno STDIN : undef, $is_for_writing ? undef : $number );
        my $writable       = _set( $is_for_writing ? $number : undef );

        # Never below 0, with which what has come already is still seen.
        my $seconds  = max( 0, min( LONGEST_SLEEP, map { $_ - now() } grep { defined } $deadline, $ends_at ) );
        my $count    = select $readable, $writable, undef, $seconds;
        my $is_ready = $count > 0 && defined $number && vec $is_for_writing ? $writable : $readable, $number, 1;

        # Below 0 a signal came, and the sets are as they were.
        CommandLines::read_more() if $count > 0 && $looks_at_input && vec $readable, fileno STDIN, 1;
        if ( $is_watching && CommandLines::has_ended() ) {
            $ends_at //= now() + GRACE;
            Leftovers::end_process() if now() >= $ends_at;
        }
        return 1 if $is_ready;
        return 0 if defined $deadline && now() >= $deadline;
    }
}

# The set of descriptors that `select` takes, and changes.
sub _set {
    my $set = '';
    vec( $set, $_, 1 ) = 1 for grep { defined } @_;
    return $set;
}

1;
