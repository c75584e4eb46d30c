package OrderedMap;

# What is behind a hash whose keys stay in their order, which those of Perl's own do not: `tie my %map, 'OrderedMap'`.

use strict;
use warnings;

sub TIEHASH { my ($class) = @_; bless { values => {}, order => [], next => 0 }, $class }

sub STORE {
    my ( $self, $key, $value ) = @_;
    push @{ $self->{order} }, $key if !exists $self->{values}{$key};
    $self->{values}{$key} = $value;
    return;
}

sub FETCH    { my ( $self, $key ) = @_; $self->{values}{$key} }
sub EXISTS   { my ( $self, $key ) = @_; exists $self->{values}{$key} }
sub SCALAR   { my ($self) = @_; scalar @{ $self->{order} } }
sub FIRSTKEY { my ($self) = @_; $self->{next} = 0; $self->NEXTKEY }
sub NEXTKEY  { my ($self) = @_; $self->{order}[ $self->{next}++ ] }

1;
