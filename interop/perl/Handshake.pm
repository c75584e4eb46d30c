package Handshake;

# The handshake of Python's multiprocessing.connection, in which each side proves to the other that it has the key.

use strict;
use warnings;

use Digest::MD5 qw(md5);
use Digest::SHA qw(hmac_sha256 hmac_sha384);

use Fault;
use Waiting;

use constant {
    LONGEST_MESSAGE => 256,
    SECONDS         => 5,
    CHALLENGE       => '#CHALLENGE#',
    WELCOME         => '#WELCOME#',
    FAILURE         => '#FAILURE#',

    # Before Python 3.12 a challenge had no {NAME}, and the answer was HMAC-MD5.
    OLD_CHALLENGE => 20,
    OLD_REPLY     => 16,
};

# Each takes a message and a key. Perl's own modules have no SHA-3, which only a peer that insists on it asks for.
my %CODES = (
    md5    => sub { _hmac( \&md5, 64, @_ ) },
    sha256 => \&hmac_sha256,
    sha384 => \&hmac_sha384,
);

# RFC 2104, for the digests that come without it.
sub _hmac {
    my ( $digest, $block_size, $message, $key ) = @_;
    $key = $digest->($key) if length $key > $block_size;
    $key = pack "a$block_size", $key;
    my ( $inner, $outer ) = map { $key ^ chr($_) x $block_size } 0x36, 0x5c;
    return $digest->( $outer . $digest->( $inner . $message ) );
}

# The accepting side has the first word.
sub run {
    my ( $stream, $key, $is_accepting ) = @_;
    my $self    = bless { stream => $stream, key => $key, deadline => Waiting::now() + SECONDS }, __PACKAGE__;
    my @steps   = $is_accepting ? qw(challenge answer) : qw(answer challenge);
    my $is_over = eval {
        $stream->with_limit( LONGEST_MESSAGE, sub { $self->$_ for @steps } );
        1;
    };
    return if $is_over;
    my $fault = $@;
    die $fault if !ref $fault || $fault->kind !~ /\A(?:truncated|malformed|closed|reset)\z/;
    _refuse('broke the handshake, or off');
}

sub _refuse {
    my ($what) = @_;
    Fault->throw( 'authentication', "The peer $what: give both sides the same key." );
}

# Lets the peer prove that it has the key.
sub challenge {
    my ($self)    = @_;
    my $challenge = '{sha256}' . _random_bytes(40);
    my $stream    = $self->{stream};
    $stream->send_message( CHALLENGE . $challenge );
    my $is_right = $self->_is_right( $self->_receive, $challenge );
    $stream->send_message( $is_right ? WELCOME : FAILURE );
    _refuse('has another key') if !$is_right;
    return;
}

# Proves to the peer that we have the key.
sub answer {
    my ($self) = @_;
    my $message = $self->_receive;
    $message =~ s/\A\Q${\CHALLENGE}\E// or _refuse('sent no challenge');
    my $answer;
    if ( length $message == OLD_CHALLENGE ) {
        $answer = $CODES{md5}->( $message, $self->{key} );
    }
    else {
        my $name = _digest_of($message) // _refuse('asks for a digest that there is not');
        $answer = "{$name}" . $CODES{$name}->( $message, $self->{key} );
    }
    $self->{stream}->send_message($answer);
    _refuse('has refused our key') if $self->_receive ne WELCOME;
    return;
}

# Python before 3.12 does not look for the digest in a challenge, and answers as it always has.
sub _is_right {
    my ( $self, $reply, $challenge ) = @_;
    return _is_equal( $reply, $CODES{md5}->( $challenge, $self->{key} ) ) if length $reply == OLD_REPLY;
    my $name = _digest_of($reply) // return 0;
    return _is_equal( $reply, "{$name}" . $CODES{$name}->( $challenge, $self->{key} ) );
}

# A comparison that ends at the first difference would tell by its time how much of a guess was right.
sub _is_equal {
    my ( $one, $other ) = @_;
    return length $one == length $other && ( $one ^ $other ) !~ /[^\0]/;
}

sub _digest_of {
    my ($message) = @_;
    my ($name)    = $message =~ /\A\{([a-z0-9_]+)\}/;
    return defined $name && $CODES{$name} ? $name : undef;
}

sub _receive {
    my ($self) = @_;
    return $self->{stream}->receive_message( $self->{deadline} ) // _refuse('hung up in the handshake');
}

# Perl's own `rand` can be foretold.
sub _random_bytes {
    my ($count) = @_;
    open my $source, '<:raw', '/dev/urandom' or Fault->system('Opening /dev/urandom');
    ( sysread( $source, my $bytes, $count ) // 0 ) == $count or Fault->system('Reading /dev/urandom');
    return $bytes;
}

1;
