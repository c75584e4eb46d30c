import java.io.IOException;
import java.util.Arrays;

/** `file-slot`: one text in a mapped file. The last write wins. */
final class FileSlot implements Carrier {
    private static final int SIZE = 1024;
    private final Mapping mapping;
    private final int limit;

    FileSlot(String path, boolean isWriting, int limit) throws IOException, Failure {
        this.limit = limit;
        mapping = new Mapping(path, isWriting, isWriting, SIZE);
    }

    @Override
    public byte[] receive(Waiting.Deadline deadline) throws IOException, Failure {
        mapping.check();
        byte[] slot = mapping.copyOut(0, SIZE);
        int length = 0;
        while (length < SIZE && slot[length] != 0) length++;
        if (length > limit) throw Failure.tooLarge("the text in the slot", length, limit);
        return Arrays.copyOf(slot, length);
    }

    @Override
    public void send(byte[] message) throws IOException, Failure {
        if (message.length > SIZE) throw Failure.tooLarge("the text", message.length, SIZE);
        for (byte value : message) {
            if (value == 0) throw Failure.malformed("the text has a NUL, which would end it early");
        }
        mapping.check();
        // All of the slot, so that nothing of a longer text stays behind.
        mapping.copyIn(0, Arrays.copyOf(message, SIZE));
    }

    @Override
    public void close() throws IOException {
        mapping.close();
    }
}
