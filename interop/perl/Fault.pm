package Fault;

# What is answered instead of `ok`: one of the protocol's kinds of error, and a sentence for people. A fault is thrown
# with `die` and caught with `eval`; it is an object, so that its kind is not read out of a text.

use strict;
use warnings;

use Errno;

my %KINDS;    # The number of an error, and the protocol's word for it.
for (
    [ 'too-large',   qw(EMSGSIZE) ],
    [ 'closed',      qw(EPIPE) ],
    [ 'reset',       qw(ECONNRESET) ],
    [ 'refused',     qw(ECONNREFUSED EPROTOTYPE) ],
    [ 'missing',     qw(ENOENT ENOTDIR EBADF) ],
    [ 'exists',      qw(EADDRINUSE EEXIST) ],
    [ 'denied',      qw(EACCES EPERM EROFS) ],
    [ 'timeout',     qw(ETIMEDOUT) ],
    [ 'unsupported', qw(EAFNOSUPPORT EPROTONOSUPPORT EOPNOTSUPP) ],
    [ 'usage',       qw(ENAMETOOLONG EISDIR) ],
  )
{
    my ( $kind, @names ) = @$_;
    $KINDS{ Errno->can($_)->() } = $kind for @names;
}

my %REMEDIES = (
    'too-large'   => 'send a smaller packet, or raise net.core.wmem_max',
    'closed'      => 'the peer has closed its end, open the channel again',
    'reset'       => 'the peer went away with unread data, open the channel again',
    'refused'     => 'start the listener first, of the same transport',
    'missing'     => 'check the path, or pass the descriptor when this process is started',
    'exists'      => 'choose another address, or end the program that has it',
    'denied'      => 'check the permissions of the path and of its folder',
    'timeout'     => 'see what the peer waits for, and ask again',
    'unsupported' => 'use what hello lists',
    'usage'       => 'choose another path',
    'internal'    => 'close channels if no descriptors are left, free space if the disk is full',
);

sub throw {
    my ( $class, $kind, $message ) = @_;
    die bless { kind => $kind, message => $message }, $class;
}

sub usage       { my ( $class, $message ) = @_; $class->throw( 'usage',       $message ) }
sub unsupported { my ( $class, $message ) = @_; $class->throw( 'unsupported', $message ) }
sub malformed   { my ( $class, $message ) = @_; $class->throw( 'malformed',   $message ) }

sub too_large {
    my ( $class, $length, $limit ) = @_;
    $class->throw( 'too-large', "The message has $length bytes and the limit is $limit: raise limit= when opening." );
}

# What the system has refused. `$!` is the number and the words of the last error of the system; any call may change it,
# so this comes right after the call that failed.
sub system {
    my ( $class,  $action ) = @_;
    my ( $number, $words )  = ( $! + 0, "$!" );
    my $kind = $KINDS{$number} // 'internal';
    $class->throw( $kind, "$action failed: $words; $REMEDIES{$kind}." );
}

sub kind    { $_[0]{kind} }
sub message { $_[0]{message} }

1;
