import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** FIFOs, and the ends of pipes that this process has inherited. */
final class Pipes {
    private static final int FIFO = 0010000;
    private static final int TYPE = 0170000;
    private static final int ACCESS = 3;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 1;
    /** What was there at the start and is nobody's yet. Java does not mark its own descriptors. */
    private static final Set<String> INHERITED = new HashSet<>();

    private Pipes() {}

    /** To be called before anything is opened. */
    static void noteInherited() {
        String[] numbers = Path.of("/proc/self/fd").toFile().list();
        if (numbers != null) INHERITED.addAll(Set.of(numbers));
    }

    private static boolean isFifo(Path path) throws IOException {
        return ((int) Files.getAttribute(path, "unix:mode") & TYPE) == FIFO;
    }

    static MessageStream openFifo(String name, boolean isReading, Framing framing, int limit) throws IOException, Failure {
        Path path = MessageFile.path(name);
        // Looked at before it is opened: opening a device can have effects.
        if (!isFifo(path)) throw Failure.usage("the path is not that of a FIFO; make one with mkfifo");
        // Waits until somebody has opened the other end, and nothing but the end of the process ends that wait.
        Waiting.isUnderWay = true;
        try {
            // Never for both: then the end would never come.
            return isReading ? stream(new FileInputStream(path.toString()), framing, limit)
                    : stream(new FileOutputStream(path.toString()), framing, limit);
        } finally {
            Waiting.isUnderWay = false;
        }
    }

    static MessageStream takeInherited(String number, boolean isReading, Framing framing, int limit)
            throws IOException, Failure {
        // 0 to 2 carry the commands, the replies and the log.
        if (!Line.isNumber(number, 3, Integer.MAX_VALUE)) {
            throw Failure.usage("the address is not the number of a descriptor from 3 on");
        }
        if (!Files.exists(Path.of("/proc/self/fdinfo", number))) {
            throw new Failure("missing", "there is no descriptor " + number + "; pass it when this process is started");
        }
        int wrongWay = isReading ? WRITE_ONLY : READ_ONLY;
        if (!INHERITED.contains(number) || !isFifo(Path.of("/proc/self/fd", number)) || access(number) == wrongWay) {
            throw Failure.usage("the descriptor is in use here, or is not what the transport and role need");
        }
        FileDescriptor descriptor = descriptor(Integer.parseInt(number));
        INHERITED.remove(number);
        return isReading ? stream(new FileInputStream(descriptor), framing, limit)
                : stream(new FileOutputStream(descriptor), framing, limit);
    }

    /** O_RDONLY, O_WRONLY or O_RDWR, from the line `flags:` in octal digits. */
    private static int access(String number) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", number))) {
            if (line.startsWith("flags:")) return Integer.parseInt(line.substring(6).trim(), 8) & ACCESS;
        }
        throw new NoSuchFileException("the flags of descriptor " + number);
    }

    /**
     * Java makes no descriptor of a number. To open /proc/self/fd/N would make a second one, and the first would stay open:
     * so this calls the private constructor, for which adapter.yml opens the package java.io to this program.
     */
    private static FileDescriptor descriptor(int number) {
        try {
            Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            return constructor.newInstance(number);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException("this is not Java 17: FileDescriptor is made otherwise", problem);
        }
    }

    /** The channels, because a stream fails on a non-blocking pipe and does not say how far it came. */
    private static MessageStream stream(FileInputStream file, Framing framing, int limit) throws IOException {
        return new MessageStream(file.getChannel(), file.getFD(), framing, limit);
    }

    private static MessageStream stream(FileOutputStream file, Framing framing, int limit) throws IOException {
        return new MessageStream(file.getChannel(), file.getFD(), framing, limit);
    }
}
