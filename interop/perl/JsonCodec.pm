package JsonCodec;

# Values as JSON, with JSON::PP. That one lets halves of surrogate pairs pass, and what it makes of a text takes many
# times its memory; so each text is looked over first. Three things it loses cannot be mended from outside: the sign of
# -0.0, of two equal names the first, and the last digits of some numbers (see Values).

use strict;
use warnings;

use JSON::PP ();

use Fault;
use Values;

# With `allow_bignum` whole numbers of any size stay whole, and those with a point do not become whole.
my $JSON = JSON::PP->new->allow_nonref->allow_bignum->max_depth( Values::DEEPEST + 1 );

sub encode {
    my ( $value, $foreign ) = @_;
    Fault->malformed("JSON has no $foreign: send another value.") if defined $foreign;
    my $text = _quietly( sub { $JSON->encode($value) } );
    utf8::encode($text);
    return $text;
}

# Returns tokens, at most so many characters.
sub decode {
    my ( $message, $longest ) = @_;
    _survey( $message, $longest );
    my $text  = Values::decoded($message) // _refuse('it is no UTF-8');
    my $value = eval {
        [ _quietly( sub { $JSON->decode($text) } ) ];
    } // _refuse($@);
    my $tokens = Values::text( $value->[0], 0 );
    _refuse_length() if length $tokens > $longest;
    return $tokens;
}

# JSON::PP warns of its own recursion.
sub _quietly {
    my ($step) = @_;
    local $SIG{__WARN__} = sub { };
    return $step->();
}

sub _refuse {
    my ($reason) = @_;
    $reason =~ s/ at \S+ line [0-9]+\.\n\z//;    # Where in this program.
    Fault->malformed( 'This is no JSON: ' . substr( $reason, 0, 200 ) . '. Look at what its sender writes.' );
}

sub _refuse_length { Fault->usage('The value is too long for a reply: receive its message with file=.') }

# Looks a text over: surrogates, how long its numbers are, and how long its tokens are at least. The loops are Perl's:
# `(...)*` in a regular expression ends at 65534 times.
sub _survey {
    my ( $message, $room ) = @_;
    pos($message) = 0;
    while ( pos $message < length $message ) {
        _refuse_length() if $room < 0;
        next             if $message =~ /\G[ \t\r\n,:\]}]++/gc;
        if ( $message =~ /\G[\[{]/gc ) {
            $room -= 5;    # map:0
        }
        elsif ( $message =~ /\G"/gc ) {
            $room -= 5 + _survey_string( \$message );
        }
        elsif ( $message =~ /\G-?([0-9]++)([-+.eE0-9]*+)/gc ) {
            my ( $digits, $more ) = ( length $1, $2 );
            Fault->throw( 'too-large', 'The JSON has a number of too many digits: send it as text.' )
              if $more eq '' && $digits > Values::MOST_DIGITS;
            $room -= $more eq '' ? 4 + $digits : 20;
        }
        else {
            $message =~ /\G./gcs;    # Of a word, or nothing of JSON.
            $room--;
        }
    }
    _refuse_length() if $room < 0;
    return;
}

# Goes on behind a string, and returns how many digits it has in a token at least.
sub _survey_string {
    my ($message) = @_;
    my $size = 0;
    until ( $$message =~ /\G(?:"|\z)/gc ) {
        if ( $$message =~ /\G([^"\\]++)/gc ) {
            $size += 2 * length $1;
        }
        elsif ( $$message =~ /\G\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/gc ) {
            $size += 8;
        }
        elsif ( $$message =~ /\G\\u[dD][89a-fA-F]/gc ) {
            _refuse('it has half of a surrogate pair');
        }
        else {
            $$message =~ /\G\\(?:u[0-9a-fA-F]{4}|.|\z)/gcs;
            $size += 2;
        }
    }
    return $size;
}

1;
