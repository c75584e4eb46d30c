import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * `file-cell`: a mapped file that carries one message at a time, and loses none.
 *
 * Each word has one side that stores it. The message belongs to the writer while `written` equals `taken`, and to the
 * reader while it is more.
 */
final class FileCell implements Carrier, Leftovers.Leftover {
    private static final int SIZE = 4096;
    /** Where the words are, and the message. */
    private static final int WRITTEN = 0;
    private static final int TAKEN = 8;
    private static final int LENGTH = 16;
    private static final int CLOSED = 24;
    private static final int CONTENT = 64;
    private static final int MOST = SIZE - CONTENT;

    private static final int YIELDS = 200;
    private static final long SLEEP_STEP = 20_000;
    private static final long LONGEST_SLEEP = 1_000_000;

    private final Mapping mapping;
    private final boolean isWriting;
    private final int limit;

    private FileCell(String path, boolean isWriting, int limit) throws IOException, Failure {
        this.isWriting = isWriting;
        this.limit = limit;
        // The reader stores too: how many messages it has taken.
        mapping = new Mapping(path, isWriting, true, SIZE);
        if (isWriting) {
            // `written` before `taken`: never may there be more written than taken.
            for (int word : new int[] {CLOSED, LENGTH, WRITTEN, TAKEN}) {
                mapping.store(word, 0);
            }
        }
    }

    static FileCell open(String path, boolean isWriting, int limit) throws IOException, Failure {
        return Leftovers.make(() -> new FileCell(path, isWriting, limit));
    }

    private interface Condition {
        boolean holds();
    }

    /**
     * Nobody wakes us: the format has no futex. The other side often answers within microseconds, so first only give the
     * processor away, and then sleep for longer and longer.
     */
    private void await(Waiting.Deadline deadline, Condition condition) throws IOException, Failure {
        long sleep = 0;
        for (int turn = 0; ; turn++) {
            mapping.check();
            if (condition.holds()) return;
            deadline.check();
            if (turn < YIELDS) {
                Thread.yield();
                continue;
            }
            turn = YIELDS;
            sleep = Math.min(sleep + SLEEP_STEP, LONGEST_SLEEP);
            Waiting.isUnderWay = true;
            LockSupport.parkNanos(sleep);
            Waiting.isUnderWay = false;
        }
    }

    private boolean hasMessage() {
        return Long.compareUnsigned(mapping.load(WRITTEN), mapping.load(TAKEN)) > 0;
    }

    @Override
    public byte[] receive(Waiting.Deadline deadline) throws IOException, Failure {
        // Whether the writer has gone first: the other way round it could write its last message between the two looks, and
        // that would be lost.
        await(deadline, () -> mapping.load(CLOSED) != 0 || hasMessage());
        if (!hasMessage()) return null;
        long length = mapping.load(LENGTH);
        if (Long.compareUnsigned(length, MOST) > 0) throw Failure.malformed("the cell announces more than it holds");
        if (length > limit) throw Failure.tooLarge("the message in the cell", length, limit);
        byte[] message = mapping.copyOut(CONTENT, (int) length);
        // Last: from here on the writer may overwrite it.
        mapping.store(TAKEN, mapping.load(TAKEN) + 1);
        return message;
    }

    @Override
    public void send(byte[] message) throws IOException, Failure {
        if (message.length > MOST) throw Failure.tooLarge("the message", message.length, MOST);
        await(Waiting.Deadline.NEVER, () -> mapping.load(TAKEN) == mapping.load(WRITTEN));
        mapping.copyIn(CONTENT, message);
        mapping.store(LENGTH, message.length);
        // Last: from here on the message is the reader's.
        mapping.store(WRITTEN, mapping.load(WRITTEN) + 1);
    }

    /** Says that the writer has gone, also when the process ends. */
    @Override
    public void remove() {
        try {
            mapping.check();
            if (isWriting) mapping.store(CLOSED, 1);
        } catch (IOException | Failure | InternalError problem) {
            // There is no cell any more, and nobody to tell.
        }
    }

    @Override
    public void close() throws IOException {
        Leftovers.remove(this);
        mapping.close();
    }
}
