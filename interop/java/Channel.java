import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;

/** What a channel is: its transport and role, and whatever carries its messages. The constructor is the verb `open`. */
final class Channel {
    static final List<String> SOCKETS = List.of("unix", "dotnet-pipe", "tcp");
    static final List<String> ONE_WAY = List.of("fifo", "pipe", "file-slot", "file-cell");
    private static final long DEFAULT_LIMIT = 64 << 20;

    final int limit;
    private final String transport;
    private final String role;
    private final Framing framing;
    /** What an authenticated channel proves to its peer; otherwise null. */
    private final byte[] key;
    /** Null unless the role is `listen`. */
    private Sockets.Listener listener;
    /** Null until a listener has accepted its peer. */
    private Carrier carrier;
    /** A message that came and could not be delivered: it can be asked for again. */
    private byte[] kept;
    /** The reply to `open`. */
    final String reply;

    Channel(Line line) throws IOException, Failure {
        transport = line.values().get("transport");
        role = line.values().get("role");
        boolean isSocket = SOCKETS.contains(transport);
        if (!isSocket && !ONE_WAY.contains(transport)) {
            throw Failure.unsupported("there is no such transport here; hello lists what is");
        }
        framing = framing(line.values().get("framing"));
        if (!(isSocket ? List.of("listen", "connect") : List.of("read", "write")).contains(role)) {
            throw Failure.unsupported("the transport has no such role; sockets listen and connect, others read and write");
        }
        key = key(line.values().get("authkey"), isSocket && framing == Framing.MULTIPROCESSING);
        limit = (int) line.number("limit", DEFAULT_LIMIT);
        String address = line.values().get("address");
        if (address.isEmpty()) throw Failure.usage("the address is empty; every transport needs one");
        switch (transport) {
            case "file-slot" -> carrier = new FileSlot(address, canSend(), limit);
            case "file-cell" -> carrier = FileCell.open(address, canSend(), limit);
            case "fifo" -> carrier = Pipes.openFifo(address, canReceive(), framing, limit);
            case "pipe" -> carrier = Pipes.takeInherited(address, canReceive(), framing, limit);
            default -> {
                SocketAddress place = Sockets.address(address, transport, role.equals("listen"));
                if (role.equals("listen")) {
                    listener = Sockets.listen(place);
                } else {
                    carry(Sockets.connect(place));
                }
            }
        }
        boolean isChosen = listener != null && transport.equals("tcp") && address.endsWith(":0");
        reply = isChosen ? "ok address=127.0.0.1:" + listener.socket().socket().getLocalPort() : "ok";
    }

    private Framing framing(String word) throws Failure {
        for (Framing framing : Framing.values()) {
            if (!framing.word().equals(word)) continue;
            boolean keepsBounds = transport.startsWith("file-");
            if ((framing == Framing.NONE) == keepsBounds) return framing;
        }
        throw Failure.unsupported("the transport cannot carry that framing; a stream needs one, a mapped file none");
    }

    private static byte[] key(String hex, boolean isPossible) throws Failure {
        if (hex == null) return null;
        if (!isPossible) throw Failure.usage("authkey needs a socket and the framing multiprocessing; leave it out");
        if (hex.isEmpty()) throw Failure.usage("the authkey is empty; give at least one byte");
        return Line.fromHex(hex);
    }

    private void carry(SocketChannel socket) throws IOException, Failure {
        MessageStream stream = MessageStream.of(socket, framing, limit);
        try {
            if (key != null) Handshake.run(stream, key, role.equals("listen"), limit);
            carrier = stream;
        } finally {
            if (carrier == null) stream.close();
        }
    }

    boolean canSend() {
        return !role.equals("read");
    }

    boolean canReceive() {
        return !role.equals("write");
    }

    void accept(Waiting.Deadline deadline) throws IOException, Failure {
        if (listener == null) throw Failure.usage("the channel has no peers to accept; send or receive at once");
        if (carrier != null) throw Failure.usage("the channel has its peer; open another for the next one");
        carry(Sockets.accept(listener.socket(), deadline));
    }

    /** To be called before each message, and before it is looked at. */
    void check(boolean isPossible) throws Failure {
        if (!isPossible) throw Failure.usage("the channel does not go that way; open one with the other role");
        if (carrier == null) throw Failure.usage("the channel has no peer yet; accept one first");
    }

    void send(byte[] message) throws IOException, Failure {
        if (message.length > limit) throw Failure.tooLarge("the message", message.length, limit);
        carrier.send(message);
    }

    byte[] receive(Waiting.Deadline deadline) throws IOException, Failure {
        byte[] message = kept == null ? carrier.receive(deadline) : kept;
        kept = null;
        return message;
    }

    void keep(byte[] message) {
        kept = message;
    }

    void ping(int size, long count) throws IOException, Failure {
        if (size > limit) throw Failure.tooLarge("the message", size, limit);
        byte[] message = new byte[size];
        Arrays.fill(message, (byte) 'p'); // A byte that every framing can carry.
        for (long i = 0; i < count; i++) {
            send(message);
            if (receive(Waiting.Deadline.NEVER) == null) throw ended();
        }
    }

    void echo(long count) throws IOException, Failure {
        for (long i = 0; i < count; i++) {
            byte[] message = receive(Waiting.Deadline.NEVER);
            if (message == null) throw ended();
            send(message);
        }
    }

    private static Failure ended() {
        return new Failure("closed", "the peer ended the stream in the loop; let it go on as long");
    }

    /** .NET's classes of a named pipe have no call for it, so nobody there expects it. */
    void endWriting() throws IOException, Failure {
        if (!transport.equals("unix") && !transport.equals("tcp")) {
            throw Failure.unsupported("it cannot be half closed; close the channel");
        }
        check(true);
        ((MessageStream) carrier).endWriting();
    }

    void close() throws IOException {
        try {
            // The file before its listener: a peer that finds none learns more than one that finds a dead one.
            if (listener != null && listener.file() != null) Leftovers.remove(listener.file());
            if (listener != null) listener.socket().close();
        } finally {
            if (carrier != null) carrier.close();
        }
    }
}
