import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Understands the header of a frame: bytes in, decision out, no I/O. It decides at the first byte that settles the matter,
 * so that the outcome does not depend on how the stream is cut.
 */
final class Decoder {
    /** Where the payload is, counted from the first byte of the frame. */
    record Frame(int header, int payload, int trailer) {
        /** A long: a payload of almost 2 GiB and what is around it are more than an int holds. */
        long length() {
            return (long) header + payload + trailer;
        }
    }

    private static final int LONGEST_HEADER = 4096;
    private final Framing framing;
    private final int limit;
    /** How much of a line has been looked at, so that a stream in pieces of one byte costs no more than a whole. */
    private int scanned;

    Decoder(Framing framing, int limit) {
        this.framing = framing;
        this.limit = limit;
    }

    /** Looks at the bytes of a frame, from the buffer's position on. Gives null while the header is not whole. */
    Frame decode(ByteBuffer bytes) throws Failure {
        ByteBuffer frame = bytes.slice();
        return switch (framing) {
            case NONE -> null;
            case MULTIPROCESSING -> decodeMultiprocessing(frame);
            case U32LE -> frame.limit() < 4 ? null
                    : frame(4, Integer.toUnsignedLong(frame.order(ByteOrder.LITTLE_ENDIAN).getInt()), 0);
            case LINE -> decodeLine(frame);
            case NETSTRING -> decodeNetstring(frame);
            case VARINT -> decodeVarint(frame);
            case CONTENT_LENGTH -> decodeContentLength(frame);
        };
    }

    /** The length is checked before any memory is taken: four hostile bytes must not be able to ask for gigabytes. */
    private Frame frame(int header, long payload, int trailer) throws Failure {
        // Of 64 bits; Java's long has a sign.
        if (Long.compareUnsigned(payload, limit) > 0) throw Failure.tooLarge("a frame", payload, limit);
        scanned = 0;
        return new Frame(header, (int) payload, trailer);
    }

    private Frame decodeMultiprocessing(ByteBuffer bytes) throws Failure {
        if (bytes.limit() < 4) return null;
        int length = bytes.getInt();
        if (length >= 0) return frame(4, length, 0);
        if (length != -1) throw Failure.malformed("a frame announces a negative length");
        return bytes.limit() < 12 ? null : frame(12, bytes.getLong(), 0);
    }

    private Frame decodeLine(ByteBuffer bytes) throws Failure {
        int end = scanned;
        while (end < bytes.limit() && bytes.get(end) != '\n') end++;
        scanned = end;
        if (end > limit) throw Failure.tooLarge("a line", end, limit);
        return end < bytes.limit() ? frame(0, end, 1) : null;
    }

    private Frame decodeNetstring(ByteBuffer bytes) throws Failure {
        long length = 0;
        for (int i = 0; i < bytes.limit(); i++) {
            byte value = bytes.get(i);
            if (value == ':' && i > 0) return frame(i + 1, length, 1);
            if (value < '0' || value > '9') throw Failure.malformed("the length of a netstring is not a number");
            if (i == 1 && bytes.get(0) == '0') throw Failure.malformed("the length of a netstring has a leading zero");
            length = length * 10 + value - '0';
            // At this digit, not at the colon: endless digits must neither be kept nor overflow.
            if (length > limit) throw Failure.tooLarge("a netstring", length, limit);
        }
        return null;
    }

    private Frame decodeVarint(ByteBuffer bytes) throws Failure {
        long length = 0;
        for (int i = 0; i < bytes.limit(); i++) {
            int value = bytes.get(i) & 0xff;
            // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
            if (i == 9 && value > 1) throw Failure.malformed("a varint has more than 64 bits");
            length |= (long) (value & 0x7f) << (7 * i);
            if (value < 0x80) return frame(i + 1, length, 0);
        }
        return null;
    }

    /** Looks at all of the header each time: it is short. */
    private Frame decodeContentLength(ByteBuffer bytes) throws Failure {
        int available = Math.min(bytes.limit(), LONGEST_HEADER);
        long length = -1;
        int lineStart = 0;
        for (int i = 0; i < available; i++) {
            boolean isBehindReturn = i > lineStart && bytes.get(i - 1) == '\r';
            // A CR must come before a LF and nowhere else.
            if (isBehindReturn != (bytes.get(i) == '\n')) throw Failure.malformed("a header line does not end with CR LF");
            if (!isBehindReturn) continue;
            byte[] line = new byte[i - 1 - lineStart];
            bytes.get(lineStart, line);
            lineStart = i + 1;
            if (line.length == 0 && length < 0) throw Failure.malformed("a header has no Content-Length");
            if (line.length == 0) return frame(i + 1, length, 0);
            long found = contentLength(new String(line, StandardCharsets.ISO_8859_1));
            if (found >= 0 && length >= 0) throw Failure.malformed("a header has two lengths");
            if (found >= 0) length = found;
        }
        if (available == LONGEST_HEADER) throw Failure.malformed("a header is longer than 4096 bytes");
        return null;
    }

    /** Gives -1 for the line of another header. */
    private static long contentLength(String line) throws Failure {
        int colon = line.indexOf(':');
        if (colon < 0) throw Failure.malformed("a header line has no colon");
        if (!line.substring(0, colon).equalsIgnoreCase("Content-Length")) return -1;
        // Not strip(), which takes away more than blanks and tabs; and no digits but 0 to 9, so not \d with Unicode either.
        String digits = line.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "");
        // Nineteen digits may be more than a long holds, and are then more than any limit.
        if (!digits.matches("[0-9]{1,19}")) throw Failure.malformed("a Content-Length is not 1 to 19 digits");
        return new BigInteger(digits).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }
}
