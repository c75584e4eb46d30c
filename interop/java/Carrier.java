import java.io.Closeable;
import java.io.IOException;

/** What carries messages: one in, one out. */
interface Carrier extends Closeable {
    /** Gives the next message, or null at the end. What has come of it by the deadline stays for the next call. */
    byte[] receive(Waiting.Deadline deadline) throws IOException, Failure;

    void send(byte[] message) throws IOException, Failure;
}
