package Pipes;

# FIFOs, and the ends of pipes and socket pairs that the process was started with.

use strict;
use warnings;

use Errno qw(EINTR ENXIO);
use Fcntl qw(F_GETFL O_ACCMODE O_NONBLOCK O_RDONLY O_RDWR O_WRONLY);
use Socket;

use Addresses;
use Fault;
use Waiting;

my %MODES = ( read => O_RDONLY, write => O_WRONLY );

my %inherited;

# What the process was started with. Other descriptors are the endpoint's own, and no channel's to take. Do not call it
# while modules are loaded: then Perl has their files open, and later the same numbers are something else.
sub note_inherited {
    opendir my $folder, '/dev/fd' or return;
    my @numbers = grep { /\A[0-9]+\z/ } readdir $folder;
    closedir $folder;
    %inherited = map { $_ => 1 } grep { -e "/dev/fd/$_" } @numbers;    # Not that of the folder.
    return;
}

# Never for both ways: then the end of the stream would never come.
sub open_fifo {
    my ( $address, $role ) = @_;
    my $path = Addresses::path($address);

    # Looked at before it is opened: opening a device can have effects, and opening a file for writing would change it.
    stat $path or Fault->system("Examining $path");
    Fault->usage("$path is not a FIFO: make one with mkfifo.") if !-p _;

    # Without O_NONBLOCK this would wait for the other end, and nobody would look at standard input. With it a reader
    # waits in its first read, since Linux does not take a FIFO that nobody has opened for writing yet for one that is
    # at its end. A writer is refused with ENXIO, and has to try until there is a reader.
    my $fifo;
    until ( sysopen $fifo, $path, $MODES{$role} | O_NONBLOCK ) {
        Fault->system("Opening $path") if $! != ENXIO && $! != EINTR;
        Waiting::a_moment();
    }
    return $fifo;
}

sub adopt_pipe {
    my ( $address, $role ) = @_;
    my $number = _look_for($address);
    my $mode   = -p "/dev/fd/$number" ? fcntl( _copy($number), F_GETFL, 0 ) & O_ACCMODE : -1;
    Fault->usage("The descriptor $number is not the end of a pipe that role=$role needs.")
      if $mode != $MODES{$role} && $mode != O_RDWR;
    return _adopt($number);
}

sub adopt_socket {
    my ($address) = @_;
    my $number    = _look_for($address);
    my $is_right = -S "/dev/fd/$number" && unpack( 'i', getsockopt _copy($number), SOL_SOCKET, SO_TYPE ) == SOCK_STREAM;
    Fault->usage("The descriptor $number is no stream socket.") if !$is_right;
    return _adopt($number);
}

sub _look_for {
    my ($address) = @_;
    my $number = Addresses::descriptor($address);
    return $number if $inherited{$number};
    Fault->usage("The descriptor $number is in use here: pass another one when this process is started.")
      if -e "/dev/fd/$number";
    Fault->throw( 'missing', "There is no descriptor $number: pass it when this process is started." );
}

# A handle closes its descriptor when nobody refers to it any more. To look at what may stay open takes a copy.
sub _copy {
    my ($number) = @_;
    open my $copy, '<&', $number or Fault->system("Looking at the descriptor $number");
    return $copy;
}

sub _adopt {
    my ($number) = @_;
    open my $handle, '+<&=', $number or Fault->system("Taking the descriptor $number");
    delete $inherited{$number};
    return $handle;
}

1;
