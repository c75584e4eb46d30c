package Addresses;

# What an address must look like. Nothing is opened or looked for here.

use strict;
use warnings;

use Fault;

use constant {
    LONGEST_PATH       => 107,             # struct sockaddr_un holds 108 bytes, one of them for the closing NUL.
    LARGEST_DESCRIPTOR => 2_147_483_647,
};

# `\z` and not `$`, which would let a line feed pass at the end.
my $NUMBER = qr/\A(?:0|[1-9][0-9]{0,9})\z/;

sub is_number {
    my ( $text, $smallest, $largest ) = @_;
    return $text =~ $NUMBER && $text >= $smallest && $text <= $largest;
}

sub path {
    my ($address) = @_;
    Fault->usage('A path has at least one byte and no NUL.') if $address eq '' || $address =~ /\0/;
    return $address;
}

# Perl itself cuts a longer path off, with a warning.
sub socket_path {
    my ($address) = @_;
    my $length = length path($address);
    Fault->usage("The path has $length bytes and a socket address holds ${\LONGEST_PATH}: use a shorter folder.")
      if $length > LONGEST_PATH;
    return $address;
}

# Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream, which refuse these names too.
sub dotnet_pipe_path {
    my ($address) = @_;
    return socket_path($address) if $address =~ m{\A/};
    Fault->usage('The name of a .NET pipe is not empty, has no slash, and is not "anonymous".')
      if $address eq '' || $address =~ m{/} || lc $address eq 'anonymous';
    my $folder = length( $ENV{TMPDIR} // '' ) ? $ENV{TMPDIR} : '/tmp';
    $folder =~ s{/\z}{};
    return socket_path("$folder/CoreFxPipe_$address");
}

# Perl gives the system a name that starts with NUL in its exact length. Padded, no peer would find it.
sub abstract_name {
    my ($address) = @_;
    return "\0" . substr $address, 1 if $address =~ /\A@./s && length $address <= LONGEST_PATH + 1;
    Fault->usage("An abstract address is @ and a name of 1 to ${\LONGEST_PATH} bytes.");
}

sub port {
    my ( $address, $role ) = @_;
    my ($port) = $address =~ /\A127\.0\.0\.1:([0-9]+)\z/;
    return $port if defined $port && is_number( $port, $role eq 'listen' ? 0 : 1, 65_535 );
    Fault->usage('The address is not 127.0.0.1:PORT. Port 0 is only for role=listen.');
}

# 0 to 2 carry the commands, the replies and the log.
sub descriptor {
    my ($address) = @_;
    return $address if is_number( $address, 3, LARGEST_DESCRIPTOR );
    Fault->usage("An inherited descriptor is a number from 3 to ${\LARGEST_DESCRIPTOR}.");
}

1;
