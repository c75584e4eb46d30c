package Session;

# Obeys commands: one function for each verb, which returns the reply's pairs of key and value.

use strict;
use warnings;

use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use Channel;
use CommandLines;
use Commands;
use Fault;
use Framings;
use MessageFiles;
use Waiting;

use constant {
    LONGEST_VALUE   => CommandLines::LONGEST - length 'ok value=',
    LARGEST_PAYLOAD => ( CommandLines::LONGEST - length 'ok payload=' ) >> 1,
};

my %VERBS = (
    hello   => \&_hello,
    open    => \&_open,
    accept  => \&_accept,
    send    => \&_send,
    receive => \&_receive,
    close   => \&_close,
    reset   => \&close_all,
    echo    => \&_echo,
    ping    => \&_ping,
);
my %channels;

# The reply to a line, both without their line feeds.
sub answer {
    my ($line) = @_;
    my $reply = eval {
        my ( $verb, $values ) = Commands::parse($line);
        Commands::check( $verb, $values );
        Commands::ok( $VERBS{$verb}->(%$values) );
    };
    return $reply if defined $reply;
    my $fault = $@;
    return Commands::error( $fault->kind, $fault->message ) if ref $fault && $fault->isa('Fault');
    return Commands::error( 'internal',   "Perl failed: $fault. Report it with the command." );
}

sub close_all {
    $_->close_all for values %channels;
    %channels = ();
    return;
}

sub _hello {
    return (
        protocol   => 1,
        language   => 'perl',
        runtime    => Commands::encoded( sprintf 'Perl %vd', $^V ),
        transports => join( ',', Channel::transports() ),
        framings   => join( ',', Framings::names() ),
        codecs     => 'json',
        features   => 'echo,ping,authkey,timeout',
        limits     => 'json:huge-int,json:minus-zero,json:duplicate-names',
    );
}

sub _open {
    my (%values) = @_;
    my ( $name, $address ) = delete @values{qw(channel address)};
    Fault->usage("The channel $name is open already: close it first.") if $channels{$name};
    $values{authkey} = Commands::bytes( $values{authkey} ) if defined $values{authkey};
    my $channel = Channel->new(%values);
    my $chosen  = $channel->open_at($address);
    $channels{$name} = $channel;
    return defined $chosen ? ( address => $chosen ) : ();
}

sub _accept {
    my (%values) = @_;
    _find( $values{channel} )->accept_peer( _deadline( $values{timeout} ) );
    return;
}

sub _send {
    my (%values) = @_;
    Fault->usage('send needs one of payload, file and codec.') if 1 != grep { defined } @values{qw(payload file codec)};
    Fault->usage('codec and value belong together.')           if defined $values{codec} != defined $values{value};
    my $channel = _find( $values{channel} );
    _check_codec(%values);
    my $sender = $channel->sender;
    if ( defined $values{payload} ) {
        $sender->send_message( Commands::bytes( $values{payload} ) );
    }
    elsif ( defined $values{file} ) {
        $sender->send_message( MessageFiles::read_message( $values{file}, $channel->limit ) );
    }
    else {
        _load_json();
        $sender->send_message( JsonCodec::encode( Values::parse( $values{value} ) ) );
    }
    return;
}

sub _receive {
    my (%values) = @_;
    Fault->usage('A value is received with codec, and not into a file.')
      if defined $values{codec} && defined $values{file};
    my $channel = _find( $values{channel} );
    _check_codec(%values);
    $channel->receiver;
    my $message = $channel->receive_message( _deadline( $values{timeout} ) );
    return ( end => 'true' ) if !defined $message;
    my @pairs = eval { _handed_over( $message, %values ) };
    return @pairs if @pairs;

    # What was too long for a reply, or for a disk, can be asked for again. What is no value is gone.
    my $fault = $@;
    $channel->keep($message) if !defined $values{codec} || ref $fault && $fault->kind eq 'usage';
    die $fault;
}

sub _handed_over {
    my ( $message, %values ) = @_;
    if ( defined $values{file} ) {
        MessageFiles::write_message( $values{file}, $message );
        return ( length => length $message );
    }
    if ( defined $values{codec} ) {
        _load_json();
        return ( value => JsonCodec::decode( $message, LONGEST_VALUE ) );
    }
    return ( payload => unpack 'H*', $message ) if length $message <= LARGEST_PAYLOAD;
    Fault->usage("The message has ${\length $message} bytes, too many for a reply: receive it with file=.");
}

# Takes longer to load than all the rest of the endpoint, so only who needs it waits for it.
sub _load_json {
    require JsonCodec;
    return;
}

sub _close {
    my (%values) = @_;
    my $channel = _find( $values{channel} );
    return $channel->end_writing if defined $values{how};
    delete $channels{ $values{channel} };
    $channel->close_all;
    return;
}

sub _echo {
    my (%values) = @_;
    my ( $channel, $sender ) = _find_two_way( $values{channel} );
    for ( 1 .. $values{count} ) {
        $sender->send_message( _received_in_loop($channel) );
    }
    return;
}

sub _ping {
    my (%values) = @_;
    my ( $channel, $sender ) = _find_two_way( $values{channel} );

    # Before the payload is made.
    Fault->too_large( $values{size}, $channel->limit ) if $values{size} > $channel->limit;
    my $payload = 'p' x $values{size};
    my $start   = clock_gettime(CLOCK_MONOTONIC);
    for ( 1 .. $values{count} ) {
        $sender->send_message($payload);
        _received_in_loop($channel);
    }
    return ( nanoseconds => int 1e9 * ( clock_gettime(CLOCK_MONOTONIC) - $start ) );
}

sub _received_in_loop {
    my ($channel) = @_;
    return $channel->receive_message(undef)
      // Fault->throw( 'closed', 'The stream ended in the loop: the peer went away too early.' );
}

sub _find {
    my ($name) = @_;
    return $channels{$name} // Fault->usage("The channel $name is not open: open it first.");
}

sub _find_two_way {
    my ($name) = @_;
    my $channel = _find($name);
    $channel->receiver;
    return ( $channel, $channel->sender );
}

sub _deadline {
    my ($timeout) = @_;
    return defined $timeout ? Waiting::now() + $timeout / 1000 : undef;
}

sub _check_codec {
    my (%values) = @_;
    Fault->unsupported('There is no such codec here: use json.') if defined $values{codec} && $values{codec} ne 'json';
    Fault->usage('The codec json has no format: leave it out.')  if defined $values{format};
    return;
}

1;
