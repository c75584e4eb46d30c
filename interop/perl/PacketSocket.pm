package PacketSocket;

# Messages whose bounds the system keeps: `unix-seqpacket` and `unix-datagram`.

use strict;
use warnings;

use Errno qw(EAGAIN ECONNREFUSED EINTR ENOTCONN);
use Socket;

use Fault;
use Waiting;

use constant FIRST_ROOM => 65_536;

sub new {
    my ( $class, $handle, $limit, $is_datagram ) = @_;
    return bless { handle => $handle, limit => $limit, is_datagram => $is_datagram, is_at_end => 0 }, $class;
}

sub send_message {
    my ( $self, $payload ) = @_;
    my $length = length $payload;
    Fault->too_large( $length, $self->{limit} ) if $length > $self->{limit};
    Fault->malformed('A packet of no bytes would look like the end of the stream: send at least one byte.')
      if $length == 0 && !$self->{is_datagram};

    # The whole packet or nothing, so there is no rest to send. EAGAIN: the receiver's queue is full.
    until ( defined send $self->{handle}, $payload, MSG_DONTWAIT ) {
        if ( $! == EAGAIN ) {
            Waiting::until_writable( $self->{handle} );
        }
        elsif ( $! != EINTR ) {

            # Linux reports that the receiver is gone as ECONNREFUSED once, and disconnects a datagram socket while
            # doing so.
            $! = ECONNREFUSED if $! == ENOTCONN && $self->{is_datagram};
            Fault->system('Sending');
        }
    }
    return;
}

# The next message; undef at the end of the stream, which datagrams do not have.
#
# `recv` cuts a longer packet, loses its rest and does not say so; and of what MSG_TRUNC says Perl gives nothing on. So
# the packet is looked at first, with more and more room until some of it is left over.
sub receive_message {
    my ( $self, $deadline ) = @_;
    return undef if $self->{is_at_end};
    my $room   = FIRST_ROOM;
    my $packet = $self->_receive( $room, MSG_PEEK, $deadline );
    while ( length $packet == $room && $room <= $self->{limit} ) {
        $room *= 2;
        $packet = $self->_receive( $room, MSG_PEEK, undef );
    }
    $self->_receive( 1, 0, undef );    # Takes it away.
    if ( $packet eq '' && !$self->{is_datagram} ) {
        $self->{is_at_end} = 1;
        return undef;
    }
    Fault->throw( 'too-large', "A packet has more than the limit of $self->{limit} bytes: raise limit= when opening." )
      if length $packet > $self->{limit};
    return $packet;
}

sub _receive {
    my ( $self, $room, $flags, $deadline ) = @_;
    while (1) {
        Waiting::until_readable( $self->{handle}, $deadline );

        # It returns the sender's address, which may have no bytes.
        my $packet;
        return $packet if defined recv $self->{handle}, $packet, $room, $flags | MSG_DONTWAIT;
        Fault->system('Receiving') if $! != EAGAIN && $! != EINTR;
    }
}

sub handle { my ($self) = @_; $self->{handle} }

1;
