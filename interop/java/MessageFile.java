import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A message from a file, a message into a file. */
final class MessageFile {
    private MessageFile() {}

    /** Of the bytes of a value. Java's paths are text: one that is not UTF-8 cannot be opened at all. */
    static Path path(String bytes) throws Failure {
        try {
            return Path.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Line.bytes(bytes))).toString());
        } catch (CharacterCodingException | InvalidPathException problem) {
            throw Failure.usage("the path is not UTF-8 or has a NUL byte; choose another");
        }
    }

    /** Looked at before it is opened: opening a FIFO would wait for its writer, and opening a device can have effects. */
    static byte[] read(String name, int limit) throws IOException, Failure {
        Path path = path(name);
        long length = Files.size(path);
        if (!Files.isRegularFile(path)) throw Failure.usage("the path is not that of a regular file; only such can be sent");
        if (length > limit) throw Failure.tooLarge("the file", length, limit);
        try (InputStream file = Files.newInputStream(path)) {
            return file.readNBytes((int) length);
        }
    }

    /** Makes the file, or replaces what is in it. If it is a FIFO, its reader has to come, and has to read. */
    static void write(String name, byte[] message) throws IOException, Failure {
        Path path = path(name);
        Waiting.isUnderWay = !Files.isRegularFile(path);
        try (FileOutputStream file = new FileOutputStream(path.toString())) {
            for (int start = 0; start < message.length; start += MessageStream.PIECE) {
                file.write(message, start, Math.min(MessageStream.PIECE, message.length - start));
            }
        } finally {
            Waiting.isUnderWay = false;
        }
    }
}
