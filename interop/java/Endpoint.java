import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The Java endpoint: local channels with the module java.base alone.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output.
 * Every other file is one subject. To read from the bottom to the top: Failure, Waiting; Framing, Decoder, Carrier,
 * MessageStream; Leftovers, SocketFile, Sockets, Pipes, MessageFile; Mapping, FileSlot, FileCell; Handshake; Line, Verbs,
 * Channel, Session.
 *
 * The main thread reads the commands and a worker obeys them, so that the end of the commands is seen while one waits.
 */
final class Endpoint {
    private static final long LOOK = 10;
    /** So many looks at the same command: it gets 50 ms to come to its end. */
    private static final int PATIENCE = 5;
    private static final LinkedBlockingQueue<String> COMMANDS = new LinkedBlockingQueue<>();
    /** How many commands have been answered. */
    private static volatile int answered;

    private Endpoint() {}

    public static void main(String[] arguments) throws InterruptedException {
        Pipes.noteInherited();
        // SIGTERM starts the shutdown hooks. Java ignores SIGPIPE: a peer that is gone is an exception.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Leftovers.removeAllAndEnd(143)));
        Thread worker = new Thread(Endpoint::obeyAll);
        worker.setDaemon(true);
        worker.start();
        int given = readAll();
        int seen = -1;
        for (int looks = 0; answered != given; looks++) {
            if (answered != seen) {
                seen = answered;
                looks = 0;
            }
            if (looks >= PATIENCE && Waiting.isUnderWay) break;
            Thread.sleep(LOOK);
        }
        Leftovers.removeAllAndEnd(0);
    }

    /** Gives the number of the commands. A last line without LF is none. */
    private static int readAll() throws InterruptedException {
        FileChannel input = new FileInputStream(FileDescriptor.in).getChannel();
        ByteBuffer bytes = ByteBuffer.allocate(MessageStream.PIECE);
        StringBuilder line = new StringBuilder();
        int given = 0;
        while (read(input, bytes) >= 0) {
            String piece = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            for (int start = 0; start < piece.length(); ) {
                int end = piece.indexOf('\n', start);
                int stop = end < 0 ? piece.length() : end;
                // Of a line that is too long one character too many is enough.
                line.append(piece, start, Math.min(stop, start + Line.LONGEST + 1 - line.length()));
                start = stop + 1;
                if (end < 0) continue;
                COMMANDS.put(line.toString());
                given++;
                line.setLength(0);
            }
            bytes.clear();
        }
        return given;
    }

    private static int read(FileChannel input, ByteBuffer bytes) throws InterruptedException {
        try {
            int count;
            // Somebody may have made it non-blocking.
            while ((count = input.read(bytes)) == 0) {
                Thread.sleep(LOOK);
            }
            return count;
        } catch (IOException problem) {
            return -1; // A terminal that is gone is an error, and an end as well.
        }
    }

    private static void obeyAll() {
        Session session = new Session();
        try {
            // Not System.out, which keeps it to itself when nobody reads the replies.
            FileOutputStream output = new FileOutputStream(FileDescriptor.out);
            while (true) {
                String reply = session.answer(COMMANDS.take()) + "\n";
                Waiting.write(output.getChannel(), output.getFD(), Line.bytes(reply));
                answered++;
            }
        } catch (IOException | InterruptedException | Error problem) {
            System.err.println("the endpoint ends: " + problem);
            Leftovers.removeAllAndEnd(1);
        }
    }
}
