package Framings;

# How messages lie in a stream. No input or output here: bytes in, decision out.
#
# `decode` looks at the beginning of what has come. It returns how many bytes of a frame are header, payload and
# trailer; or nothing as long as the header is not whole. It checks the length before anybody takes memory for it: four
# hostile bytes must not be able to ask for gigabytes. Each stream has a framing object of its own.

use strict;
use warnings;

use Fault;

use constant NONE => 'none';    # The transport keeps the bounds.

my %CLASSES = (
    'multiprocessing' => 'Framing::Multiprocessing',
    'u32le'           => 'Framing::U32le',
    'line'            => 'Framing::Line',
    'netstring'       => 'Framing::Netstring',
    'varint'          => 'Framing::Varint',
    'content-length'  => 'Framing::ContentLength',
);

sub names { ( sort( keys %CLASSES ), NONE ) }

sub is_known { my ($name) = @_; $name eq NONE || exists $CLASSES{$name} }

sub make { my ($name) = @_; $CLASSES{$name}->new }

# What they have in common.
package Framing;

sub new { my ($class) = @_; bless {}, $class }

sub frame {
    my ( $self, $header, $payload, $trailer, $limit ) = @_;
    return ( $header, $payload, $trailer ) if $payload <= $limit;
    Fault->throw( 'too-large', "A frame announces $payload bytes and the limit is $limit: raise limit= when opening." );
}

sub malformed {
    my ( $self, $reason ) = @_;
    Fault->malformed("The stream has $reason: check that both ends use the same framing.");
}

# Refuses a message that the framing cannot carry.
sub check_payload { }

# Refuses a trailer that is none.
sub check_trailer { }

sub encoded_trailer { '' }

# An int32 in network byte order, or -1 and an uint64: Python's multiprocessing.connection.
package Framing::Multiprocessing;
our @ISA = 'Framing';

sub decode {
    my ( $self, $buffer, $limit ) = @_;
    return if length $$buffer < 4;
    my $length = unpack 'l>', $$buffer;
    return $self->frame( 4, $length, 0, $limit ) if $length >= 0;
    $self->malformed("the length $length")       if $length < -1;
    return                                       if length $$buffer < 12;
    return $self->frame( 12, unpack( 'x4 Q>', $$buffer ), 0, $limit );
}

# A limit is at most 2147483647, so the long form is never the shortest.
sub encoded_header { my ( $self, $length ) = @_; pack 'l>', $length }

# An uint32, little-endian on every machine.
package Framing::U32le;
our @ISA = 'Framing';

sub decode {
    my ( $self, $buffer, $limit ) = @_;
    return if length $$buffer < 4;
    return $self->frame( 4, unpack( 'V', $$buffer ), 0, $limit );
}

sub encoded_header { my ( $self, $length ) = @_; pack 'V', $length }

# The payload and a line feed. A carriage return is payload.
package Framing::Line;
our @ISA = 'Framing';

sub decode {
    my ( $self, $buffer, $limit ) = @_;

    # Only what is new is looked at, or a long line in small pieces would take quadratic time.
    my $line_feed = index $$buffer, "\n", $self->{scanned} // 0;
    my $length    = $line_feed < 0 ? length $$buffer : $line_feed;
    Fault->throw( 'too-large', "A line has more than $limit bytes: raise limit= when opening." ) if $length > $limit;
    $self->{scanned} = $line_feed < 0 ? $length : 0;
    return $line_feed < 0 ? () : ( 0, $length, 1 );
}

sub check_payload {
    my ( $self, $payload ) = @_;
    Fault->malformed('The message has a line feed, which would end it early: choose another framing.')
      if index( $payload, "\n" ) >= 0;
    return;
}

sub encoded_header  { '' }
sub encoded_trailer { "\n" }

# The decimal length, a colon, the payload, a comma.
package Framing::Netstring;
our @ISA = 'Framing';

sub decode {
    my ( $self, $buffer, $limit ) = @_;
    my ($digits) = $$buffer =~ /\A(0|[1-9][0-9]{0,10})/;
    if ( !defined $digits ) {
        return if $$buffer eq '';
        $self->malformed('no length at the beginning of a netstring');
    }

    # At this digit, not at the colon: nobody shall be able to send digits for ever.
    my @frame = $self->frame( 1 + length $digits, $digits, 1, $limit );
    my $next  = substr $$buffer, length $digits, 1;
    return                                                               if $next eq '';
    $self->malformed( sprintf 'the byte 0x%02x in a length', ord $next ) if $next ne ':';
    return @frame;
}

sub check_trailer {
    my ( $self, $trailer ) = @_;
    $self->malformed( sprintf 'the byte 0x%02x instead of a comma', ord $trailer ) if $trailer ne ',';
    return;
}

sub encoded_header  { my ( $self, $length ) = @_; "$length:" }
sub encoded_trailer { ',' }

# Seven bits a byte, the lowest first; the highest bit says that more follow.
package Framing::Varint;
our @ISA = 'Framing';

sub decode {
    my ( $self, $buffer, $limit ) = @_;
    my ( $length, $size ) = ( 0, 0 );
    for my $byte ( unpack 'C10', $$buffer ) {

        # Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
        $self->malformed('a length of more than 64 bits') if $size == 9 && $byte > 1;
        $length |= ( $byte & 0x7f ) << 7 * $size++;
        return $self->frame( $size, $length, 0, $limit ) if $byte < 0x80;
    }
    return;
}

# The template `w` is no help: it has the highest seven bits first.
sub encoded_header {
    my ( $self, $length ) = @_;
    my @bytes;
    for ( ; $length >= 0x80 ; $length >>= 7 ) {
        push @bytes, $length & 0x7f | 0x80;
    }
    return pack 'C*', @bytes, $length;
}

# Lines as in HTTP, one of them the length, and an empty one.
package Framing::ContentLength;
our @ISA = 'Framing';

use constant LONGEST_HEADER => 4096;

sub decode {
    my ( $self, $buffer, $limit ) = @_;
    my $header   = substr $$buffer, 0, LONGEST_HEADER;
    my $is_whole = $header =~ s/\A((?:[^\r\n]+\r\n)*+\r\n).*\z/$1/s;

    # Whatever comes later, such a line is wrong. A CR at the end may still get its LF.
    $self->malformed('a header line that does not end with CR LF') if $header =~ /(?<!\r)\n|\r(?=[^\n])/;

    # Without -1 `split` leaves empty lines at the end out. The last one is not finished.
    my @lines = split /\r\n/, $header, -1;
    pop @lines;
    my $length = $self->_length_in( grep { $_ ne '' } @lines );
    if ($is_whole) {
        $self->malformed('a header without Content-Length') if !defined $length;
        return $self->frame( length $header, $length, 0, $limit );
    }
    $self->malformed("a header of more than ${\LONGEST_HEADER} bytes") if length $header == LONGEST_HEADER;
    return;
}

sub _length_in {
    my ( $self, @lines ) = @_;
    my $length;
    for (@lines) {
        my ( $name, $value ) = /\A([^:]*):(.*)\z/s or $self->malformed('a header line without a colon');
        next                                        if lc $name ne 'content-length';
        $self->malformed('a second Content-Length') if defined $length;

        # A text that begins with a digit would be a number for Perl, the rest forgotten.
        ($length) = $value =~ /\A[ \t]*([0-9]{1,19})[ \t]*\z/ or $self->malformed('a Content-Length that is no number');
    }
    return $length;
}

sub encoded_header { my ( $self, $length ) = @_; "Content-Length: $length\r\n\r\n" }

1;
