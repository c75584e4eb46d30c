import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Stream sockets: `unix`, `dotnet-pipe` and `tcp`. */
final class Sockets {
    private static final String LOOPBACK = "127.0.0.1:";
    private static final byte[] LOOPBACK_BYTES = {127, 0, 0, 1};
    /** Java 17 keeps one byte of the 108 more than the system does. */
    private static final int LONGEST_PATH = 106;

    private Sockets() {}

    /** A listener, and its file if it has one. */
    record Listener(ServerSocketChannel socket, SocketFile file) {}

    static SocketAddress address(String text, String transport, boolean isListening) throws IOException, Failure {
        if (transport.equals("tcp")) {
            String port = text.startsWith(LOOPBACK) ? text.substring(LOOPBACK.length()) : "";
            if (!Line.isNumber(port, isListening ? 0 : 1, 65_535)) {
                throw Failure.usage("the address is not 127.0.0.1:PORT, where port 0 is only for listen; give such a one");
            }
            return new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_BYTES), Integer.parseInt(port));
        }
        Path path = transport.equals("dotnet-pipe") && !text.startsWith("/") ? pipePath(text) : MessageFile.path(text);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw Failure.usage("the path of the socket has more than 106 bytes; choose a shorter folder");
        }
        return UnixDomainSocketAddress.of(path);
    }

    /** Where .NET puts the socket of a named pipe. A name that .NET refuses is refused here too. */
    private static Path pipePath(String name) throws Failure {
        if (name.contains("/") || name.equalsIgnoreCase("anonymous")) {
            throw Failure.usage("the name of a .NET pipe has no slash and is not \"anonymous\"; use another");
        }
        String folder = System.getenv("TMPDIR");
        return Path.of(folder == null || folder.isEmpty() ? "/tmp" : folder).resolve(MessageFile.path("CoreFxPipe_" + name));
    }

    private static ProtocolFamily family(SocketAddress address) {
        return address instanceof InetSocketAddress ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX;
    }

    static Listener listen(SocketAddress address) throws IOException, Failure {
        ServerSocketChannel listener = ServerSocketChannel.open(family(address));
        try {
            if (address instanceof UnixDomainSocketAddress unix) {
                return new Listener(listener, SocketFile.bind(listener, unix.getPath()));
            }
            listener.bind(address);
            return new Listener(listener, null);
        } catch (IOException | Failure | RuntimeException problem) {
            listener.close();
            throw problem;
        }
    }

    static SocketChannel connect(SocketAddress address) throws IOException {
        Waiting.isUnderWay = true; // A listener whose queue is full lets us wait.
        try {
            SocketChannel socket = SocketChannel.open(family(address));
            try {
                socket.connect(address);
                return prepared(socket);
            } catch (IOException | RuntimeException problem) {
                socket.close();
                throw problem;
            }
        } finally {
            Waiting.isUnderWay = false;
        }
    }

    static SocketChannel accept(ServerSocketChannel listener, Waiting.Deadline deadline) throws IOException, Failure {
        Waiting.untilReadable(Waiting.descriptor(listener), deadline);
        Waiting.isUnderWay = true;
        try {
            return prepared(listener.accept());
        } finally {
            Waiting.isUnderWay = false;
        }
    }

    /** TCP holds back small messages for company, which costs 40 ms where each message waits for an answer. */
    private static SocketChannel prepared(SocketChannel socket) throws IOException {
        if (socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return socket;
    }
}
