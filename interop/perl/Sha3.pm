package Sha3;

# SHA3 (FIPS 202), which Perl does not come with. The state is five times five numbers of 64 bits; here they are one
# array, the number in column x and row y at x + 5 * y.

use strict;
use warnings;

use Exporter qw(import);
our @EXPORT_OK = qw(sha3_256 sha3_384);

use constant { ROUNDS => 24, STATE_SIZE => 200 };

# How far each number is turned to the left.
my @TURNS = (
    0,  1,  62, 28, 27,    #
    36, 44, 6,  55, 20,    #
    3,  10, 43, 25, 39,    #
    41, 45, 15, 21, 8,     #
    18, 2,  61, 56, 14
);
my @CONSTANTS = _constants();

sub sha3_256 { _digest( 32, @_ ) }
sub sha3_384 { _digest( 48, @_ ) }

sub _digest {
    my ( $size, $message ) = @_;
    my $block_size = STATE_SIZE - 2 * $size;

    # 0x06 and the highest bit of the last byte, which may be the same byte.
    $message .= "\x06";
    $message .= "\0" x ( -length($message) % $block_size );
    substr( $message, -1 ) |= "\x80";
    my @state = (0) x 25;
    for my $block ( unpack "(a$block_size)*", $message ) {
        my @words = unpack 'Q<*', $block;
        $state[$_] ^= $words[$_] for 0 .. $#words;
        @state = _permuted(@state);
    }
    return substr pack( 'Q<*', @state ), 0, $size;
}

sub _permuted {
    my (@state) = @_;
    for my $constant (@CONSTANTS) {
        my @columns =
          map { $state[$_] ^ $state[ $_ + 5 ] ^ $state[ $_ + 10 ] ^ $state[ $_ + 15 ] ^ $state[ $_ + 20 ] } 0 .. 4;
        my @changes = map { $columns[ $_ - 1 ] ^ _turned( $columns[ ( $_ + 1 ) % 5 ], 1 ) } 0 .. 4;
        my @moved;
        for my $place ( 0 .. 24 ) {
            my ( $x, $y ) = ( $place % 5, int $place / 5 );
            $moved[ $y + 5 * ( ( 2 * $x + 3 * $y ) % 5 ) ] = _turned( $state[$place] ^ $changes[$x], $TURNS[$place] );
        }
        for my $place ( 0 .. 24 ) {
            my ( $x, $row ) = ( $place % 5, 5 * int $place / 5 );
            $state[$place] = $moved[$place] ^ ( ~$moved[ $row + ( $x + 1 ) % 5 ] & $moved[ $row + ( $x + 2 ) % 5 ] );
        }
        $state[0] ^= $constant;
    }
    return @state;
}

sub _turned {
    my ( $number, $count ) = @_;
    return $number if $count == 0;
    return $number << $count | $number >> 64 - $count;
}

# One for each round, whose bits 0, 1, 3, 7, 15, 31 and 63 come out of a shift register.
sub _constants {
    my ( $register, @constants ) = (1);
    for ( 1 .. ROUNDS ) {
        my $constant = 0;
        for my $power ( 0 .. 6 ) {
            $constant |= 1 << ( 1 << $power ) - 1 if $register & 1;
            $register <<= 1;
            $register ^= 0x171 if $register & 0x100;
        }
        push @constants, $constant;
    }
    return @constants;
}

1;
