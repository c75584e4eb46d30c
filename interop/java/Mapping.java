import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import sun.nio.ch.DirectBuffer;

/** A file that is mapped into memory: its first bytes, shared with every process that maps them. */
final class Mapping {
    /** Eight bytes as one number, loaded and stored whole, and little-endian, which is not Java's default. */
    private static final VarHandle WORDS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final FileChannel file;
    private final MappedByteBuffer memory;
    private final int size;

    /** The writer makes a file that is missing. */
    Mapping(String name, boolean isWriting, boolean isStoredTo, int size) throws IOException, Failure {
        this.size = size;
        Path path = MessageFile.path(name);
        // Looked at before it is opened, which could wait for ever on a FIFO.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw Failure.usage("the path is not that of a regular file; use another");
        }
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.READ);
        if (isStoredTo) options.add(StandardOpenOption.WRITE);
        if (isWriting) options.add(StandardOpenOption.CREATE);
        file = FileChannel.open(path, options);
        try {
            if (isWriting && file.size() < size) extend();
            // Java itself would make a file longer that is too short for its map, and say nothing.
            if (file.size() < size) {
                throw Failure.malformed("the file has " + file.size() + " bytes instead of " + size);
            }
            memory = file.map(isStoredTo ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY, 0, size);
        } catch (IOException | Failure | RuntimeException problem) {
            file.close();
            throw problem;
        }
    }

    /** Written, not left as a hole: touching a hole on a full disk is a SIGBUS. */
    private void extend() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate((int) (size - file.size()));
        for (long end = file.size(); zeros.hasRemaining(); ) {
            end += file.write(zeros, end);
        }
    }

    /**
     * To be called before each access. A map does not keep its file long: who touches what has been cut off gets a SIGBUS,
     * of which Java makes an InternalError.
     */
    void check() throws IOException, Failure {
        if (file.size() < size) throw isCut();
    }

    static Failure isCut() {
        return new Failure("truncated", "the mapped file has been cut; let its writer open it anew");
    }

    /** What was stored before this number was is seen after it (acquire). */
    long load(int offset) {
        return (long) WORDS.getAcquire(memory, offset);
    }

    /** What was stored before is seen by whoever sees this number (release). */
    void store(int offset, long value) {
        WORDS.setRelease(memory, offset, value);
    }

    byte[] copyOut(int offset, int length) {
        byte[] bytes = new byte[length];
        memory.get(offset, bytes);
        return bytes;
    }

    void copyIn(int offset, byte[] bytes) {
        memory.put(offset, bytes);
    }

    /** Java would unmap it some day, when it collects garbage. Nobody may touch the memory from here on. */
    void close() throws IOException {
        ((DirectBuffer) memory).cleaner().clean();
        file.close();
    }
}
