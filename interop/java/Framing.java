import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/** What stands around a payload in a stream, for the sender. The receiver's part is in Decoder. */
enum Framing {
    NONE, MULTIPROCESSING, U32LE, LINE, NETSTRING, VARINT, CONTENT_LENGTH;

    private static final byte[] NOTHING = {};
    private static final byte[] LINE_FEED = {'\n'};
    private static final byte[] COMMA = {','};

    /** The protocol's word. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The bytes before a payload. No array is as long as the long form of `multiprocessing` is for. */
    byte[] header(int length) {
        return switch (this) {
            case NONE, LINE -> NOTHING;
            // Java's buffers are big-endian unless they are told otherwise.
            case MULTIPROCESSING -> ByteBuffer.allocate(4).putInt(length).array();
            case U32LE -> ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
            case NETSTRING -> Line.bytes(length + ":");
            case CONTENT_LENGTH -> Line.bytes("Content-Length: " + length + "\r\n\r\n");
            case VARINT -> varint(length);
        };
    }

    /** The bytes behind a payload. */
    byte[] trailer() {
        return switch (this) {
            case LINE -> LINE_FEED;
            case NETSTRING -> COMMA;
            default -> NOTHING;
        };
    }

    private static byte[] varint(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(5);
        int rest = length;
        for (; rest >= 0x80; rest >>>= 7) {
            bytes.put((byte) (rest | 0x80));
        }
        bytes.put((byte) rest);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
