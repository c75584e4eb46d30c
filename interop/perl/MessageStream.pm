package MessageStream;

# Messages in a stream of bytes: a connected socket, or one end of a pipe.

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use POSIX qw(PIPE_BUF);
use Socket;

use Fault;
use Waiting;

use constant CHUNK => 65_536;

sub new {
    my ( $class, $handle, $framing, $limit ) = @_;
    binmode $handle;
    my $self = {
        handle    => $handle,
        is_socket => -S $handle,
        framing   => $framing,
        limit     => $limit,
        buffer    => '',           # What has come and is not yet taken.
        frame     => undef,        # The frame at its beginning, as soon as that one's header is whole.
        is_at_end => 0,
    };
    return bless $self, $class;
}

# Runs a step with a limit of its own.
sub with_limit {
    my ( $self, $limit, $step ) = @_;
    local $self->{limit} = $limit;
    return $step->();
}

sub send_message {
    my ( $self,    $payload ) = @_;
    my ( $framing, $length )  = ( $self->{framing}, length $payload );
    Fault->too_large( $length, $self->{limit} ) if $length > $self->{limit};
    $framing->check_payload($payload);

    # In one piece, so that TCP sends one segment instead of two.
    $self->_write_all( $framing->encoded_header($length) . $payload . $framing->encoded_trailer );
    return;
}

# The system takes a part, or nothing at the moment, or is interrupted.
sub _write_all {
    my ( $self, $bytes ) = @_;
    my $done = 0;
    while ( $done < length $bytes ) {
        my $count = $self->_write_some( $bytes, $done );
        if ( defined $count ) {
            $done += $count;
        }
        elsif ( $! == EAGAIN ) {
            Waiting::until_writable( $self->{handle} );
        }
        elsif ( $! != EINTR ) {
            Fault->system('Sending');
        }
    }
    return;
}

# Never waits. O_NONBLOCK would see to that as well, but it belongs to all who share the descriptor: whoever has passed
# it to us might get it back non-blocking.
sub _write_some {
    my ( $self, undef, $start ) = @_;
    return send $self->{handle}, substr( $_[1], $start, CHUNK ), MSG_DONTWAIT if $self->{is_socket};

    # A pipe that is writable has room for so many bytes at least.
    Waiting::until_writable( $self->{handle} );
    return syswrite $self->{handle}, $_[1], PIPE_BUF, $start;
}

# The next message; undef at the end of the stream. After `timeout` a further call goes on where this one stopped.
sub receive_message {
    my ( $self, $deadline ) = @_;

    # Decode first, read second: one read may have brought several frames.
    while (1) {
        my $message = $self->_next_message;
        return $message              if defined $message;
        $self->_read_more($deadline) if !$self->{is_at_end};
        next                         if !$self->{is_at_end};
        my $rest = length $self->{buffer} or return undef;
        Fault->throw( 'truncated', "The stream ended after $rest bytes of a frame: the peer ended too early." );
    }
}

sub _next_message {
    my ($self) = @_;
    return undef if $self->{buffer} eq '';
    if ( !$self->{frame} ) {
        my @frame = $self->{framing}->decode( \$self->{buffer}, $self->{limit} ) or return undef;
        $self->{frame} = \@frame;
    }
    my ( $header, $length, $trailer ) = @{ $self->{frame} };
    return undef if length $self->{buffer} < $header + $length + $trailer;

    $self->{framing}->check_trailer( substr $self->{buffer}, $header + $length, $trailer ) if $trailer;
    my $message = substr $self->{buffer}, $header, $length;

    # To replace the beginning moves nothing: Perl notes where the rest begins. But it keeps the memory, also in a
    # variable that is empty.
    substr( $self->{buffer}, 0, $header + $length + $trailer ) = '';
    undef $self->{buffer}, $self->{buffer} = '' if $self->{buffer} eq '' && $length > CHUNK;
    undef $self->{frame};
    return $message;
}

# The buffer grows with what arrives, not with what was announced. If somebody has made the descriptor non-blocking and
# reads from it too, nothing may be left for us; the loop comes back.
sub _read_more {
    my ( $self, $deadline ) = @_;
    Waiting::until_readable( $self->{handle}, $deadline );
    my $count = sysread $self->{handle}, $self->{buffer}, CHUNK, length $self->{buffer};
    if ( defined $count ) {
        $self->{is_at_end} = $count == 0;
    }
    elsif ( $! != EAGAIN && $! != EINTR ) {
        Fault->system('Receiving');
    }
    return;
}

sub handle { my ($self) = @_; $self->{handle} }

1;
