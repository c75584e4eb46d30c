import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** The file of a Unix socket that listens: when it may be replaced, and which one is ours to remove. */
final class SocketFile implements Leftovers.Leftover {
    private static final int SOCKET = 0140000;
    private static final int TYPE = 0170000;
    private final Path path;
    private final Map<String, Object> identity;

    private SocketFile(Path path) throws IOException {
        this.path = path;
        this.identity = identity(path);
    }

    /** Binds the listener to the path, and removes a stale file there first. */
    static SocketFile bind(ServerSocketChannel listener, Path path) throws IOException, Failure {
        try {
            return bindOnce(listener, path);
        } catch (BindException isThere) {
            // bind(2) fails on any file that exists, also on one that no process holds any more.
            removeStale(path);
            return bindOnce(listener, path);
        }
    }

    private static SocketFile bindOnce(ServerSocketChannel listener, Path path) throws IOException, Failure {
        return Leftovers.make(() -> {
            listener.bind(UnixDomainSocketAddress.of(path));
            return new SocketFile(path);
        });
    }

    /** Java leaves the file when it closes the socket. And by now another file may have the path, which is not ours. */
    @Override
    public void remove() {
        try {
            if (identity(path).equals(identity)) Files.delete(path);
        } catch (IOException problem) {
            // It is gone, or nobody is left to tell.
        }
    }

    private static Map<String, Object> identity(Path path) throws IOException {
        return Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static void removeStale(Path path) throws IOException, Failure {
        try {
            Map<String, Object> found = identity(path);
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & TYPE) != SOCKET) {
                throw new Failure("exists", "a file that is not a socket is there; choose another path");
            }
            // And somebody else may have found it stale as well, and listen there by now.
            if (isHeld(path) || !identity(path).equals(found)) {
                throw new Failure("exists", "the socket file is in use; choose another path");
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException isGone) {
            // Then the path is free.
        }
    }

    /**
     * Connecting would show a living listener a peer that never was. A datagram socket could ask without that, but Java has
     * none for Unix sockets. So look for the file in the system's list first, and connect only if no process here has it:
     * then all that can answer is a process in another container, and its socket is not to be removed either.
     */
    private static boolean isHeld(Path path) throws IOException {
        // Paths that are not UTF-8 are none of ours.
        String list = new String(Files.readAllBytes(Path.of("/proc/net/unix")), StandardCharsets.UTF_8);
        for (String line : list.split("\n")) {
            // Seven columns, and the path as it was given to bind, which may be spelled otherwise than ours.
            String[] columns = line.trim().split(" +", 8);
            if (columns.length == 8 && isSame(columns[7], path)) return true;
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            return true;
        } catch (ConnectException problem) {
            return !Failure.of(problem).kind.equals("refused");
        } catch (IOException problem) {
            return true;
        }
    }

    private static boolean isSame(String bound, Path path) {
        try {
            Path other = Path.of(bound);
            // A relative path counts from a folder that we do not know.
            if (!other.isAbsolute()) return other.getFileName().equals(path.getFileName());
            return identity(other).equals(identity(path));
        } catch (IOException | IllegalArgumentException problem) {
            return false;
        }
    }
}
