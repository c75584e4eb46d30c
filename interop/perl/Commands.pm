package Commands;

# The grammar of a command and of a reply, and which verb has which keys. Nothing of what the verbs do.

use strict;
use warnings;

use Addresses;
use CommandLines;
use Fault;

my @VERBS = qw(hello open accept send receive close reset echo ping);
my %KEYS  = (    # The keys that a verb needs, and those that it takes.
    hello   => [ [],                                           [] ],
    open    => [ [qw(channel transport role address framing)], [qw(limit authkey)] ],
    accept  => [ ['channel'],                                  ['timeout'] ],
    send    => [ ['channel'],                                  [qw(payload file codec value format)] ],
    receive => [ ['channel'],                                  [qw(file codec format timeout)] ],
    close   => [ ['channel'],                                  ['how'] ],
    reset   => [ [],                                           [] ],
    echo    => [ [qw(channel count)],                          [] ],
    ping    => [ [qw(channel count size)],                     [] ],
);
my %IS_UNSUPPORTED = map { $_ => 1 } qw(layout call);    # Optional verbs that this endpoint does not have.
my %RANGES         = (
    limit   => [ 1, 2_147_483_647 ],
    count   => [ 1, 10_000_000 ],
    size    => [ 0, 2_147_483_647 ],
    timeout => [ 0, 86_400_000 ],
);

my $WORD    = qr/[a-z0-9-]+/;
my $ALLOWED = qr{[A-Za-z0-9_.\-/:,\@+~]};

# Takes a line without its line feed apart: its verb, and the values of its keys.
sub parse {
    my ($line) = @_;
    Fault->usage("The line has more than ${\CommandLines::LONGEST} bytes: use file=.")
      if ref $line;    # It stands for a line that is too long.

    # Without -1 `split` leaves empty words at the end out. `\z` and not `$`, which lets a line feed pass.
    my ( $verb, @words ) = split / /, $line, -1;
    Fault->usage('A command is VERB KEY=VALUE ... with single blanks.') if ( $verb // '' ) !~ /\A$WORD\z/;
    my %values;
    for (@words) {
        my ( $key, $value ) = /\A($WORD)=(.*)\z/s or Fault->usage('After a blank there must be KEY=VALUE.');
        Fault->usage( 'The key ' . _shortened($key) . ' stands twice: give it once.' ) if exists $values{$key};
        Fault->usage("The value of $key has a byte that is written %XX, or a % without two hexadecimal digits.")
          if $value =~ /(?!$ALLOWED)[^%]/s || $value =~ /%(?![0-9A-Fa-f]{2})/;
        $value =~ s/%(..)/chr hex $1/ge;
        $values{$key} = $value;
    }
    return ( $verb, \%values );
}

# Refuses unknown verbs and wrong keys. Words, addresses and payloads are checked later, since other faults are reported
# before theirs.
sub check {
    my ( $verb, $values ) = @_;
    Fault->unsupported("There is no $verb here: hello lists the optional verbs.") if $IS_UNSUPPORTED{$verb};
    my $keys = $KEYS{$verb} or Fault->usage( 'There is no verb ' . _shortened($verb) . ": use one of @VERBS." );
    my ( $required, $optional ) = @$keys;
    my %is_known = map { $_ => 1 } @$required, @$optional;
    for ( sort keys %$values ) {
        Fault->usage("$verb has no key @{[_shortened($_)]}.") if !$is_known{$_};
    }
    for (@$required) {
        Fault->usage("$verb needs the key $_.") if !exists $values->{$_};
    }
    _check_form( $_, $values->{$_} ) for sort keys %$values;
    return;
}

sub _check_form {
    my ( $key, $value ) = @_;
    if ( my $range = $RANGES{$key} ) {
        Fault->usage("$key is a number from $range->[0] to $range->[1].") if !Addresses::is_number( $value, @$range );
    }
    elsif ( $key eq 'channel' ) {
        Fault->usage("A channel's name is 1 to 16 of a-z and 0-9.") if $value !~ /\A[a-z0-9]{1,16}\z/;
    }
    elsif ( $key eq 'how' ) {
        Fault->usage('how= is write, or is left out.') if $value ne 'write';
    }
    elsif ( $key eq 'file' ) {
        Addresses::path($value);
    }
    elsif ( $key eq 'authkey' ) {
        Fault->usage('A key has at least one byte.') if bytes($value) eq '';
    }
    return;
}

# `pack 'H*'` takes anything for hex, also `xyz`.
sub bytes {
    my ($hex) = @_;
    Fault->usage('Bytes are written in lower-case hex, two digits a byte.') if $hex =~ /[^0-9a-f]/ || length($hex) % 2;
    return pack 'H*', $hex;
}

# The reply with these pairs of key and value.
sub ok {
    my (@pairs) = @_;
    my $reply = 'ok';
    while ( my ( $key, $value ) = splice @pairs, 0, 2 ) {
        $reply .= " $key=$value";
    }
    return $reply;
}

sub error {
    my ( $kind, $message ) = @_;
    return "error kind=$kind message=" . encoded($message);
}

# A path in it need not be UTF-8, and may be cut inside a character. What is not ASCII is left out.
sub encoded {
    my ($text) = @_;
    $text = substr $text, 0, 5000;
    $text =~ s/[^\x00-\x7f]/?/g;
    $text =~ s/((?!$ALLOWED).)/sprintf '%%%02X', ord $1/gse;
    return $text;
}

sub _shortened { substr $_[0], 0, 100 }

1;
