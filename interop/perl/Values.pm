package Values;

# Values as the protocol writes them, comma-separated tokens in prefix order: `map:1,text:61,list:2,int:1,null` is
# {"a": [1, null]}. Here they are read into what JsonCodec can write, and written from what it has read.
#
# A Perl scalar is a number or a text, whatever it is used for; so numbers that must keep their kind are objects.

use strict;
use warnings;
no warnings 'recursion';    # As deep as the value is nested.

use B        ();
use JSON::PP ();

use Fault;
use JsonNumber;
use OrderedMap;

use constant {
    DEEPEST     => 200,      # The root has depth 0.
    MOST_DIGITS => 20_000,
};

my %CONSTANTS = ( null => undef, true => JSON::PP::true, false => JSON::PP::false );

# How many hexadecimal digits a kind has that JSON does not; undef is any even number.
my %FOREIGN      = ( f32 => 8, bytes => undef, bytearray => undef );
my %FOREIGN_LIST = map { $_ => 1 } qw(tuple set frozenset);

# Returns the value, and what is in it that JSON does not have: that is refused when all of it can be read.
sub parse {
    my ($text) = @_;

    # Without -1 `split` leaves empty words at the end out.
    my $reader = { words => [ split /,/, $text, -1 ], foreign => undef };
    my $value  = _next( $reader, 0 );
    _refuse('something stands behind it') if @{ $reader->{words} };
    return ( $value, $reader->{foreign} );
}

sub _next {
    my ( $reader, $depth ) = @_;
    _refuse( 'it is nested deeper than ' . DEEPEST ) if $depth > DEEPEST;
    my $word = shift @{ $reader->{words} } // _refuse('a part is missing at its end');
    return $CONSTANTS{$word} if exists $CONSTANTS{$word};
    my ( $kind, $text ) = $word =~ /\A([a-z0-9]+):(.*)\z/s or _refuse_token();
    if ( $kind eq 'int' )  { return _whole_number($text) }
    if ( $kind eq 'f64' )  { return _number( $reader, unpack 'd>', _hex( $text, 16 ) ) }
    if ( $kind eq 'text' ) { return _text($text) }
    if ( $kind eq 'list' ) { return [ _parts( $reader, $text, 1, $depth ) ] }
    if ( $kind eq 'map' )  { return _map( $reader, _parts( $reader, $text, 2, $depth ) ) }

    if ( exists $FOREIGN{$kind} ) {
        _hex( $text, $FOREIGN{$kind} );
    }
    elsif ( $FOREIGN_LIST{$kind} ) {
        _parts( $reader, $text, 1, $depth );
    }
    elsif ( $kind eq 'object' ) {
        _text($text);
        _next( $reader, $depth + 1 ) for 1 .. 2;
    }
    else {
        _refuse_token();
    }
    $reader->{foreign} //= $kind;
    return undef;
}

sub _whole_number {
    my ($text) = @_;
    my ( $sign, $digits ) = $text =~ /\A(-?)0*([0-9]+)\z/ or _refuse_token();
    _refuse( 'a number has more than ' . MOST_DIGITS . ' digits' ) if length $text =~ s/-//r > MOST_DIGITS;
    return JsonNumber->new( $digits eq '0' ? '0' : "$sign$digits" );
}

# 17 digits give each number back to the bit, where Perl itself writes 15. With a point it stays what it is.
sub _number {
    my ( $reader, $number ) = @_;
    my $text = sprintf '%.17g', $number;
    $reader->{foreign} //= $text if $text =~ /[in]/i;    # Inf, NaN.
    return JsonNumber->new( $text =~ /[.e]/ ? $text : "$text.0" );
}

sub _hex {
    my ( $text, $size ) = @_;
    _refuse_token() if $text =~ /[^0-9a-f]/ || length($text) != ( $size // 2 * ( length($text) >> 1 ) );
    return pack 'H*', $text;
}

sub _text {
    my ($text) = @_;
    return decoded( _hex( $text, undef ) ) // _refuse_token();
}

# The characters of UTF-8, undef if it is none. Encode's strict UTF-8 refuses U+FFFF, which is as good as any other
# character; and Perl's own is lax, it takes surrogates, and numbers that no character has.
sub decoded {
    my ($text) = @_;
    return utf8::decode($text) && $text !~ /[\x{D800}-\x{DFFF}]|[^\x{0}-\x{10FFFF}]/ ? $text : undef;
}

# Each part takes a word at least, so nobody can ask for more parts than there are words.
sub _parts {
    my ( $reader, $text, $each, $depth ) = @_;
    _refuse('it announces more parts than follow')
      if $text !~ /\A[0-9]{1,10}\z/ || $text * $each > @{ $reader->{words} };
    return map { _next( $reader, $depth + 1 ) } 1 .. $text * $each;
}

sub _map {
    my ( $reader, @parts ) = @_;
    tie my %map, 'OrderedMap';
    while ( my ( $name, $value ) = splice @parts, 0, 2 ) {
        if ( !defined $name || ref $name ) {
            $reader->{foreign} //= 'name that is no text';
            next;
        }
        $reader->{foreign} //= 'map with equal names' if exists $map{$name};
        $map{$name} = $value;
    }
    return \%map;
}

sub _refuse {
    my ($reason) = @_;
    Fault->usage("The value cannot be read: $reason. Write tokens in prefix order.");
}

sub _refuse_token { _refuse('it has something that is no token such as int:-12, text:61 or list:2') }

# The tokens of what JSON::PP has made.
sub text {
    my ( $value, $depth ) = @_;
    Fault->malformed( 'The JSON is nested deeper than ' . DEEPEST . ': send it flatter.' ) if $depth > DEEPEST;

    my $kind = ref $value;
    if ( $kind eq 'ARRAY' ) {
        return join ',', 'list:' . @$value, map { text( $_, $depth + 1 ) } @$value;
    }
    if ( $kind eq 'HASH' ) {
        return join ',', 'map:' . keys %$value, map { text( $_, $depth + 1 ) } %$value;
    }
    return 'null'                    if !defined $value;
    return $value ? 'true' : 'false' if $kind eq 'JSON::PP::Boolean';
    return 'int:' . $value->bstr     if $kind eq 'Math::BigInt';
    return _float_text($value)       if $kind eq 'Math::BigFloat';

    # What Perl itself notes of a scalar: `12` and `"12"` are equal in all else.
    my $is_text = B::svref_2object( \$value )->FLAGS & B::SVp_POK;
    return _integer_text($value) if !$is_text;
    utf8::encode($value);
    return 'text:' . unpack 'H*', $value;
}

# JSON::PP makes objects of numbers with more than 20 characters. That is one too many: some of those with 20 are beyond
# 64 bits, and then Perl has already rounded them.
sub _integer_text {
    my ($value) = @_;
    Fault->malformed("JSON::PP has rounded a whole number to $value: send it as text.") if $value =~ /[.e]/;
    return 'int:' . ( $value || 0 );    # It may be minus zero.
}

# All digits, an `e` and the power of ten: `1234e-2`, which Perl rounds as it should.
sub _float_text {
    my ($value) = @_;
    my $number = 0 + $value->bsstr;
    Fault->malformed('The JSON has a number that is above every double-precision number: send it as text.')
      if $number - $number != 0;
    return 'f64:' . unpack 'H*', pack 'd>', $number;
}

1;
