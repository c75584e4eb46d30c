package Leftovers;

# The files that binding a socket makes. Such a file outlives its process unless somebody removes it. So all of them are
# on a list, for whatever ends the process.

use strict;
use warnings;

use POSIX qw(SIGTERM SIG_BLOCK SIG_SETMASK);

my %files;

# Runs what makes a file, and returns what `remove` takes. A SIGTERM waits until the file is on the list.
sub note {
    my ( $path, $make ) = @_;
    my $before = POSIX::SigSet->new;
    POSIX::sigprocmask( SIG_BLOCK, POSIX::SigSet->new(SIGTERM), $before );
    my $file;
    if ( $make->() ) {
        $file = { path => $path, identity => _identity($path) };
        $files{$file} = $file;
    }
    my $error = $!;
    POSIX::sigprocmask( SIG_SETMASK, $before );
    $! = $error;
    return $file;
}

# Another program may have put a file of its own there. As long as our socket is open, no other file gets the number of
# ours, even if somebody has removed it.
sub remove {
    my ($file) = @_;
    unlink $file->{path} if $file->{identity} eq _identity( $file->{path} );
    delete $files{$file};
    return;
}

sub remove_all {
    remove($_) for values %files;
    return;
}

# At the end of the commands. The system closes the descriptors.
sub end_process {
    remove_all();
    POSIX::_exit(0);
}

# A handler of SIGTERM. The parent shall see which signal it was, so in the end it does what it does by itself.
sub end_by_signal {
    my ($name) = @_;
    remove_all();
    $SIG{$name} = 'DEFAULT';
    kill $name, $$;
    return;
}

sub _identity {
    my ($path) = @_;
    my ( $device, $inode ) = lstat $path;
    return defined $inode ? "$device:$inode" : 'nothing';
}

1;
