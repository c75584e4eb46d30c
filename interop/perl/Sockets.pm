package Sockets;

# Sockets of every transport that has them: listening, accepting, connecting. Those that are made here are non-blocking,
# so that only Waiting waits.

use strict;
use warnings;

use Errno qw(EADDRINUSE EAGAIN EALREADY ECONNABORTED ECONNREFUSED EINPROGRESS EINTR EISCONN ENOENT ENOTCONN);
use IO::Handle;
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY);

use Addresses;
use Fault;
use Leftovers;
use Waiting;

use constant BACKLOG => 16;

my %TYPES = ( 'unix-seqpacket' => SOCK_SEQPACKET, 'unix-datagram' => SOCK_DGRAM );

# The address as the system has it, and the path of the socket's file if it has one.
sub parse {
    my ( $transport, $role, $address ) = @_;
    return pack_sockaddr_in( Addresses::port( $address, $role ), INADDR_LOOPBACK ) if $transport eq 'tcp';
    return pack_sockaddr_un( Addresses::abstract_name($address) )                  if $transport eq 'unix-abstract';
    my $path = $transport eq 'dotnet-pipe' ? Addresses::dotnet_pipe_path($address) : Addresses::socket_path($address);
    return ( pack_sockaddr_un($path), $path );
}

sub make_socket {
    my ($transport) = @_;
    socket my $socket, $transport eq 'tcp' ? AF_INET : AF_UNIX, $TYPES{$transport} // SOCK_STREAM, 0
      or Fault->system('Making a socket');
    return prepared( $transport, $socket );
}

sub prepared {
    my ( $transport, $socket ) = @_;
    $socket->blocking(0);

    # Else a small message waits until the peer has confirmed the one before, which may take 40 ms.
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1 if $transport eq 'tcp';
    return $socket;
}

sub open_connection {
    my ( $transport, $address ) = @_;
    my ($system_address) = parse( $transport, 'connect', $address );
    my $socket = make_socket($transport);
    until ( connect $socket, $system_address ) {
        my $error = $!;
        last if $error == EISCONN;
        if ( $error == EINPROGRESS || $error == EALREADY || $error == EINTR ) {
            Waiting::until_writable($socket);    # To connect again then says how it went.
        }
        elsif ( $error == EAGAIN ) {
            Waiting::a_moment();    # The queue of the Unix listener is full. Nothing tells when it has room.
        }
        else {
            $! = $error;
            Fault->system("Connecting to $address");
        }
    }
    return $socket;
}

# The bound socket, and its file if it has one.
sub open_listener {
    my ( $transport,      $address ) = @_;
    my ( $system_address, $path )    = parse( $transport, 'listen', $address );
    my $socket = make_socket($transport);

    # Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 if $transport eq 'tcp';
    my $file;
    if ( defined $path ) {
        $file = bind_to_path( $socket, $system_address, $path );
    }
    elsif ( !bind $socket, $system_address ) {
        Fault->system("Listening at $address");
    }
    if ( $transport ne 'unix-datagram' && !listen $socket, BACKLOG ) {
        my $error = $!;
        Leftovers::remove($file) if $file;
        $! = $error;
        Fault->system("Listening at $address");
    }
    return ( $socket, $file );
}

sub port_of {
    my ($listener) = @_;
    my ($port)     = unpack_sockaddr_in( getsockname $listener );
    return $port;
}

sub accept_peer {
    my ( $transport, $listener, $deadline ) = @_;
    while (1) {
        Waiting::until_readable( $listener, $deadline );

        # It returns the peer's address, which may have no bytes.
        my $socket;
        return prepared( $transport, $socket ) if defined accept $socket, $listener;

        # ECONNABORTED, EAGAIN: that peer has given up in the meantime. The next one may be serious.
        Fault->system('Accepting') if $! != EINTR && $! != EAGAIN && $! != ECONNABORTED;
    }
}

# The peer sees the end of the stream, and can still send. ENOTCONN: it has reset the connection, so there is no
# direction left to close.
sub end_writing {
    my ($socket) = @_;
    shutdown $socket, SHUT_WR or $! == ENOTCONN or Fault->system('Closing for writing');
    return;
}

# Binds in place of a stale file.
sub bind_to_path {
    my ( $socket, $system_address, $path ) = @_;
    my $make = sub { bind $socket, $system_address };
    my $file = Leftovers::note( $path, $make );
    return $file                        if $file;
    Fault->system("Listening at $path") if $! != EADDRINUSE;
    remove_stale($path);
    return Leftovers::note( $path, $make ) || Fault->system("Listening at $path");
}

sub remove_stale {
    my ($path) = @_;
    my @found = lstat $path;
    if ( !@found ) {
        return if $! == ENOENT;    # Somebody else has removed it.
        Fault->system("Examining $path");
    }
    Fault->throw( 'exists', "$path is there and is not a socket: choose another path." ) if !-S _;
    Fault->throw( 'exists', "The socket $path is in use: choose another path." )         if !is_stale($path);

    # Somebody else may have found it stale as well, and listen there by now. The number of a file that is gone may be
    # the new file's, but that has been made later.
    my @now = lstat $path;
    Fault->throw( 'exists', "Somebody listens at $path since a moment ago: choose another path." )
      if @now && "@now[0, 1, 10]" ne "@found[0, 1, 10]";
    unlink $path or $! == ENOENT or Fault->system("Removing the stale $path");
    return;
}

# Whether no process holds the file. Connecting a datagram socket sends nothing: a listener of another type refuses it
# (EPROTOTYPE) and never notices, where it would take a connection of its own type for a peer.
sub is_stale {
    my ($path) = @_;
    my $probe = make_socket('unix-datagram');
    return !connect( $probe, pack_sockaddr_un($path) ) && $! == ECONNREFUSED;
}

1;
