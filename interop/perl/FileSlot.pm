package FileSlot;

# One text in a file of which others map the first 1024 bytes. Perl has no mmap of its own; but a mapping of a file, and
# a read or write of it, are the same memory, the system's page cache. And a read of a file that somebody has cut is
# short, where touching a mapping of it is a SIGBUS, which kills.

use strict;
use warnings;

use Errno      qw(ENOENT);
use Fcntl      qw(O_CREAT O_NONBLOCK O_RDONLY O_RDWR SEEK_SET);
use List::Util qw(min);

use Addresses;
use Fault;
use MessageFiles;

use constant SIZE => 1024;

sub new {
    my ( $class, $address, $role, $limit ) = @_;
    my $path = Addresses::path($address);

    # Looked at before it is opened: opening a FIFO or a device can have effects. The writer may make the file.
    if ( stat $path ) {
        Fault->usage("$path is not a regular file, in which a slot is.") if !-f _;
    }
    elsif ( $! != ENOENT || $role ne 'write' ) {
        Fault->system("Examining $path");
    }
    sysopen my $file, $path, O_NONBLOCK | ( $role eq 'write' ? O_RDWR | O_CREAT : O_RDONLY ), 0600
      or Fault->system("Opening $path");
    my $self = bless { handle => $file, limit => $limit }, $class;

    # Extended with zeros, not with `truncate`: that leaves a hole, and a peer who touches it on a full disk dies of
    # SIGBUS.
    my $size = -s $file;
    $self->_write( "\0" x ( SIZE - $size ), $size ) if $role eq 'write' && $size < SIZE;
    $self->_check_size('malformed');
    return $self;
}

sub send_message {
    my ( $self, $text ) = @_;
    my $room = min( $self->{limit}, SIZE );
    Fault->too_large( length $text, $room )                                                  if length $text > $room;
    Fault->malformed('The text has a NUL, which would end it in the slot: send it without.') if $text =~ /\0/;

    # The whole slot, so that nothing of a longer earlier text stays behind. The template `a` pads with NUL.
    $self->_write( pack( 'a' . SIZE, $text ), 0 );
    return;
}

# There is nothing to wait for.
sub receive_message {
    my ($self) = @_;
    $self->_check_size('truncated');
    sysseek $self->{handle}, 0, SEEK_SET or Fault->system('Reading the slot');
    defined sysread $self->{handle}, my $text, SIZE or Fault->system('Reading the slot');
    $text =~ s/\0.*//s;
    Fault->too_large( length $text, $self->{limit} ) if length $text > $self->{limit};
    return $text;
}

sub handle { my ($self) = @_; $self->{handle} }

sub _check_size {
    my ( $self, $kind ) = @_;
    my $size = -s $self->{handle};
    Fault->throw( $kind, "The file has $size bytes and a slot ${\SIZE}: open it with role=write to extend it." )
      if $size < SIZE;
    return;
}

sub _write {
    my ( $self, $bytes, $offset ) = @_;
    sysseek $self->{handle}, $offset, SEEK_SET or Fault->system('Writing the slot');
    MessageFiles::write_all( $self->{handle}, $bytes );
    return;
}

1;
