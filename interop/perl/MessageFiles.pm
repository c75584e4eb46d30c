package MessageFiles;

# Messages that are in files: what `send file=` sends, and what `receive file=` makes.

use strict;
use warnings;

use Errno qw(EINTR);
use Fcntl qw(O_CREAT O_NONBLOCK O_RDONLY O_TRUNC O_WRONLY);

use Fault;

sub read_message {
    my ( $path, $limit ) = @_;

    # Looked at before it is opened: opening a device can have effects, and a FIFO's writer would find a reader.
    stat $path or Fault->system("Examining $path");
    Fault->usage("$path is not a regular file: only such a file can be sent.") if !-f _;

    # If the path has become a FIFO since, O_NONBLOCK keeps this from waiting for its writer.
    sysopen my $file, $path, O_RDONLY | O_NONBLOCK or Fault->system("Opening $path");
    my $size = -s $file;
    Fault->too_large( $size, $limit ) if $size > $limit;
    my $message = '';
    while ( length $message < $size ) {
        my $count = sysread $file, $message, $size - length $message, length $message;
        last                           if defined $count  && $count == 0;    # Somebody has cut the file.
        Fault->system("Reading $path") if !defined $count && $! != EINTR;
    }
    return $message;
}

sub write_message {
    my ( $path, $message ) = @_;
    sysopen my $file, $path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0600 or Fault->system("Opening $path");
    write_all( $file, $message );
    close $file or Fault->system("Closing $path");
    return;
}

# The system may write a part only, such as up to the end of the disk.
sub write_all {
    my ( $file, $bytes ) = @_;
    my $done = 0;
    while ( $done < length $bytes ) {
        my $count = syswrite $file, $bytes, length $bytes, $done;
        $done += $count // ( $! == EINTR ? 0 : Fault->system('Writing a file') );
    }
    return;
}

1;
