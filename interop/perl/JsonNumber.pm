package JsonNumber;

# A number that JSON::PP shall write as it is. It does that with objects that say they are of Math::BigFloat.

use strict;
use warnings;

our @ISA = 'Math::BigFloat';
use overload '""' => sub { ${ $_[0] } }, fallback => 1;

sub new { my ( $class, $digits ) = @_; bless \$digits, $class }

1;
