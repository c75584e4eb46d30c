import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import sun.nio.ch.Net;
import sun.nio.ch.SelChImpl;

/**
 * Waiting for somebody else: until when, and so that the main thread can see it.
 *
 * A Selector waits for sockets only. Java has nothing public that waits for a pipe until some moment; but its own sockets
 * use poll(2), which takes any descriptor, and adapter.yml opens that part of the runtime to this program.
 */
final class Waiting {
    /** Whether the worker waits for somebody else. */
    static volatile boolean isUnderWay;

    private static final Method POLL;

    static {
        try {
            POLL = Net.class.getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class);
            POLL.setAccessible(true);
        } catch (NoSuchMethodException problem) {
            throw new IllegalStateException("this is not Java 17: sun.nio.ch.Net has no poll", problem);
        }
    }

    private Waiting() {}

    /** A moment on the monotonic clock, or never. */
    record Deadline(boolean isNever, long moment) {
        static final Deadline NEVER = new Deadline(true, 0);

        static Deadline in(long milliseconds) {
            return new Deadline(false, System.nanoTime() + milliseconds * 1_000_000);
        }

        /** Rounded up, or the last millisecond would be spent in a busy loop. -1 for ever, as poll has it. */
        long milliseconds() {
            return isNever ? -1 : Math.max(0, (moment - System.nanoTime() + 999_999) / 1_000_000);
        }

        void check() throws Failure {
            if (!isNever && System.nanoTime() - moment >= 0) {
                throw new Failure("timeout", "the peer did not do its part in time; ask again, or with a longer timeout=");
            }
        }
    }

    /** Returns at once if there is no deadline: then the read itself waits, which saves a system call. */
    static void untilReadable(FileDescriptor descriptor, Deadline deadline) throws IOException, Failure {
        if (deadline.isNever) return;
        // The end of the stream and an error count too: the read will say which.
        while (!poll(descriptor, Net.POLLIN, deadline.milliseconds())) {
            deadline.check();
        }
    }

    /** Gives -1 at the end, and waits also where somebody has made the descriptor non-blocking, as its other owners may. */
    static int read(ReadableByteChannel channel, FileDescriptor descriptor, ByteBuffer buffer) throws IOException {
        isUnderWay = true;
        try {
            int count;
            while ((count = channel.read(buffer)) == 0) {
                poll(descriptor, Net.POLLIN, -1);
            }
            return count;
        } finally {
            isUnderWay = false;
        }
    }

    /** One write takes what there is room for; the rest is for the next one. */
    static void write(WritableByteChannel channel, FileDescriptor descriptor, byte[] bytes) throws IOException {
        isUnderWay = true;
        try {
            for (int start = 0; start < bytes.length; ) {
                // In pieces: Java copies what it writes to memory outside its heap, and keeps that as large as it ever was.
                ByteBuffer piece = ByteBuffer.wrap(bytes, start, Math.min(bytes.length - start, MessageStream.PIECE));
                int count = channel.write(piece);
                if (count == 0) poll(descriptor, Net.POLLOUT, -1);
                start += count;
            }
        } finally {
            isUnderWay = false;
        }
    }

    static FileDescriptor descriptor(Channel socket) {
        return ((SelChImpl) socket).getFD();
    }

    /** May return false early, when a signal interrupts it. */
    private static boolean poll(FileDescriptor descriptor, int events, long milliseconds) throws IOException {
        boolean wasUnderWay = isUnderWay;
        isUnderWay = true;
        try {
            return (int) POLL.invoke(null, descriptor, events, milliseconds) != 0;
        } catch (InvocationTargetException problem) {
            if (problem.getCause() instanceof IOException cause) throw cause;
            throw new IllegalStateException(problem);
        } catch (IllegalAccessException problem) {
            throw new IllegalStateException(problem);
        } finally {
            isUnderWay = wasUnderWay;
        }
    }
}
