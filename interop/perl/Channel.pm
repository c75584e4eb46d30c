package Channel;

# An open channel: a listener, a connection, or a listener and the connection that it has accepted.

use strict;
use warnings;

use Addresses;
use Fault;
use FileSlot;
use Framings;
use Handshake;
use Leftovers;
use MessageStream;
use PacketSocket;
use Pipes;
use Sockets;

use constant DEFAULT_LIMIT => 64 << 20;

my @SOCKETS = qw(unix unix-abstract unix-seqpacket unix-datagram dotnet-pipe tcp);
my @PIPES   = qw(fifo pipe socketpair file-slot);
my %ROLES   = ( ( map { $_ => [qw(listen connect)] } @SOCKETS ), ( map { $_ => [qw(read write)] } @PIPES ) );

my %KEEPS_BOUNDS = map { $_ => 1 } qw(unix-seqpacket unix-datagram file-slot);
my %IS_ONE_WAY   = map { $_ => 1 } qw(unix-datagram fifo pipe file-slot);
my %IS_SENDER    = map { $_ => 1 } qw(write connect);                            # On a one-way transport.

sub transports { ( @SOCKETS, @PIPES ) }

# Refuses the words that `hello` does not list, and those that do not go together.
sub new {
    my ( $class, %options ) = @_;
    my ( $transport, $role, $framing ) = @options{qw(transport role framing)};
    my $roles = $ROLES{$transport} or Fault->unsupported('There is no such transport here: use what hello lists.');
    Framings::is_known($framing) or Fault->unsupported('There is no such framing here: use what hello lists.');
    Fault->unsupported("A $transport does not go with framing=$framing: streams need one.")
      if ( $KEEPS_BOUNDS{$transport} // 0 ) != ( $framing eq Framings::NONE );
    Fault->unsupported("A $transport has no such role: use @$roles[0] or @$roles[1].")
      if !grep { $_ eq $role } @$roles;
    Fault->usage('A key is for connections with framing=multiprocessing: leave authkey out.')
      if defined $options{authkey} && ( $framing ne 'multiprocessing' || $roles->[0] ne 'listen' );
    return bless { limit => DEFAULT_LIMIT, %options }, $class;
}

# Returns the address if the system has chosen it.
sub open_at {
    my ( $self,      $address ) = @_;
    my ( $transport, $role )    = @$self{qw(transport role)};
    Fault->usage("The address is empty: a $transport needs one.") if $address eq '';
    if ( $transport eq 'fifo' ) {
        $self->_use_stream( Pipes::open_fifo( $address, $role ) );
    }
    elsif ( $transport eq 'pipe' ) {
        $self->_use_stream( Pipes::adopt_pipe( $address, $role ) );
    }
    elsif ( $transport eq 'socketpair' ) {
        $self->_use_stream( Pipes::adopt_socket($address) );
    }
    elsif ( $transport eq 'file-slot' ) {
        $self->{connection} = FileSlot->new( $address, $role, $self->{limit} );
    }
    elsif ( $role eq 'connect' ) {
        $self->_use_socket( Sockets::open_connection( $transport, $address ) );
    }
    else {
        @$self{qw(listener file)} = Sockets::open_listener( $transport, $address );

        # Datagrams have no connections: it is this socket that receives.
        $self->_use_socket( $self->{listener} )                     if $transport eq 'unix-datagram';
        return '127.0.0.1:' . Sockets::port_of( $self->{listener} ) if $transport eq 'tcp' && $address =~ /:0\z/;
    }
    return undef;
}

sub accept_peer {
    my ( $self, $deadline ) = @_;
    Fault->usage('There is nobody to accept: that is for role=listen, and not for datagrams.')
      if $self->{role} ne 'listen' || $self->{transport} eq 'unix-datagram';
    Fault->usage('The channel has its peer already: open another for the next one.') if $self->{connection};
    $self->_use_socket( Sockets::accept_peer( $self->{transport}, $self->{listener}, $deadline ) );
    return;
}

sub limit { $_[0]{limit} }

# What sends.
sub sender {
    my ($self) = @_;
    return $self->_peer if !$self->_is_one_way || $IS_SENDER{ $self->{role} };
    Fault->usage('The channel only receives: send on one with the other role.');
}

# What receives.
sub receiver {
    my ($self) = @_;
    return $self->_peer if !$self->_is_one_way || !$IS_SENDER{ $self->{role} };
    Fault->usage('The channel only sends: receive on one with the other role.');
}

# The next message; undef at the end of the stream.
sub receive_message {
    my ( $self, $deadline ) = @_;
    return delete $self->{kept} // $self->receiver->receive_message($deadline);
}

# A message that could not be handed over: the next `receive` gets it.
sub keep {
    my ( $self, $message ) = @_;
    $self->{kept} = $message;
    return;
}

sub end_writing {
    my ($self) = @_;
    my $transport = $self->{transport};

    # This socket could; but the classes of .NET, for which there is a dotnet-pipe, have no call for it.
    Fault->unsupported("A $transport has no half close: close the channel.")
      if $self->_is_one_way || $transport eq 'dotnet-pipe';
    Sockets::end_writing( $self->_peer->handle );
    return;
}

# The file goes first: a peer that finds no file learns more than one that finds a file without a listener.
sub close_all {
    my ($self) = @_;
    Leftovers::remove( $self->{file} ) if $self->{file};
    close $self->{connection}->handle  if $self->{connection};
    close $self->{listener}            if $self->{listener};
    return;
}

sub _is_one_way { $IS_ONE_WAY{ $_[0]{transport} } }

sub _peer {
    my ($self) = @_;
    return $self->{connection} // Fault->usage('The channel has no peer yet: accept one first.');
}

sub _use_socket {
    my ( $self, $socket ) = @_;
    return $self->_use_stream($socket) if !$KEEPS_BOUNDS{ $self->{transport} };
    $self->{connection} = PacketSocket->new( $socket, $self->{limit}, $self->{transport} eq 'unix-datagram' );
    return;
}

# If the handshake fails nobody refers to the handle any more, and so Perl closes it.
sub _use_stream {
    my ( $self, $handle ) = @_;
    my $stream = MessageStream->new( $handle, Framings::make( $self->{framing} ), $self->{limit} );
    Handshake::run( $stream, $self->{authkey}, $self->{role} eq 'listen' ) if defined $self->{authkey};
    $self->{connection} = $stream;
    return;
}

1;
