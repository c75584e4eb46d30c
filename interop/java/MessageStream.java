import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** Messages in a stream: a socket, a pipe or a FIFO. */
final class MessageStream implements Carrier {
    /** What a pipe holds, so that one read empties it. Up to this length a message goes with its header in one call. */
    static final int PIECE = 65_536;

    private final java.nio.channels.Channel channel;
    private final FileDescriptor descriptor;
    private final Framing framing;
    private Decoder decoder;
    /** The frame at the front, once its header is whole. */
    private Decoder.Frame frame;
    /** What has come and is not yet consumed is from its position to its limit. */
    private ByteBuffer received = ByteBuffer.allocate(0);
    private final ByteBuffer incoming = ByteBuffer.allocate(PIECE);
    /** Stays true: the next writer of a FIFO must not bring an ended stream back to life. */
    private boolean hasEnded;

    MessageStream(java.nio.channels.Channel channel, FileDescriptor descriptor, Framing framing, int limit) {
        this.channel = channel;
        this.descriptor = descriptor;
        this.framing = framing;
        setLimit(limit);
    }

    static MessageStream of(SocketChannel socket, Framing framing, int limit) {
        return new MessageStream(socket, Waiting.descriptor(socket), framing, limit);
    }

    /** To be called between two messages. */
    void setLimit(int limit) {
        decoder = new Decoder(framing, limit);
    }

    @Override
    public byte[] receive(Waiting.Deadline deadline) throws IOException, Failure {
        // Decode first, read second: one read may have brought several frames.
        while (true) {
            if (frame == null && received.hasRemaining()) frame = decoder.decode(received);
            if (frame != null && received.remaining() >= frame.length()) return take();
            if (hasEnded && !received.hasRemaining()) return null;
            if (hasEnded) {
                throw new Failure("truncated", "the stream ended inside a frame; see why the peer ended");
            }
            readMore(deadline);
        }
    }

    private byte[] take() throws Failure {
        int start = received.position() + frame.header();
        int end = start + frame.payload();
        byte[] trailer = framing.trailer();
        if (!Arrays.equals(received.array(), end, end + frame.trailer(), trailer, 0, trailer.length)) {
            throw Failure.malformed("a netstring does not end with a comma");
        }
        byte[] payload = Arrays.copyOfRange(received.array(), start, end);
        received.position(end + trailer.length);
        frame = null;
        // Nobody wants to hold the memory of one large message for ever.
        if (!received.hasRemaining() && received.capacity() > 2 * PIECE) received = ByteBuffer.allocate(0);
        return payload;
    }

    private void readMore(Waiting.Deadline deadline) throws IOException, Failure {
        Waiting.untilReadable(descriptor, deadline);
        incoming.clear();
        hasEnded = Waiting.read((ReadableByteChannel) channel, descriptor, incoming) < 0;
        incoming.flip();
        int count = incoming.remaining();
        if (received.capacity() - received.limit() < count) makeRoom(count);
        int end = received.limit();
        received.limit(end + count).put(end, incoming, 0, count);
    }

    /** Memory grows with what comes, however much is announced: who only announces gets none. */
    private void makeRoom(int count) {
        long needed = (long) received.remaining() + count;
        long doubled = Math.max(needed, 2L * received.remaining());
        // Where the length is known there is no need for more.
        long wanted = frame == null ? doubled : Math.max(needed, Math.min(doubled, frame.length()));
        boolean fits = needed <= received.capacity() && 2L * received.remaining() <= received.capacity();
        // What is consumed goes only now, not with every message: a read may bring many.
        received = fits ? received.compact().flip()
                : ByteBuffer.allocate((int) Math.min(wanted, Integer.MAX_VALUE - 8)).put(received).flip();
    }

    @Override
    public void send(byte[] message) throws IOException, Failure {
        if (framing == Framing.LINE) {
            for (byte value : message) {
                if (value == '\n') throw Failure.malformed("the message has a line feed, which would end it early");
            }
        }
        byte[] header = framing.header(message.length);
        byte[] trailer = framing.trailer();
        if (message.length > PIECE) {
            write(header);
            write(message);
            write(trailer);
            return;
        }
        // A third of the system calls, and TCP sends one segment instead of three.
        byte[] whole = Arrays.copyOf(header, header.length + message.length + trailer.length);
        System.arraycopy(message, 0, whole, header.length, message.length);
        System.arraycopy(trailer, 0, whole, header.length + message.length, trailer.length);
        write(whole);
    }

    private void write(byte[] bytes) throws IOException {
        Waiting.write((WritableByteChannel) channel, descriptor, bytes);
    }

    /** The peer sees the end of the stream; what it sends still comes. */
    void endWriting() throws IOException {
        ((SocketChannel) channel).shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
