import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The handshake in which both sides of Python's multiprocessing.connection prove that they have the key. Each answers the
 * other's challenge with an HMAC of it, the accepting side's first.
 */
final class Handshake {
    private static final long MILLISECONDS = 5000;
    private static final int LONGEST_MESSAGE = 256;
    private static final int CHALLENGE_SIZE = 20;
    private static final int MD5_SIZE = 16;
    private static final String CHALLENGE = "#CHALLENGE#";
    private static final String WELCOME = "#WELCOME#";
    private static final String FAILURE = "#FAILURE#";
    /** Java's names of the digests. */
    private static final Map<String, String> DIGESTS = new LinkedHashMap<>();

    static {
        DIGESTS.put("md5", "HmacMD5");
        DIGESTS.put("sha256", "HmacSHA256");
        DIGESTS.put("sha384", "HmacSHA384");
        DIGESTS.put("sha3_256", "HmacSHA3-256");
        DIGESTS.put("sha3_384", "HmacSHA3-384");
    }

    private final MessageStream stream;
    private final byte[] key;
    /** For all of it. */
    private final Waiting.Deadline deadline;

    private Handshake(MessageStream stream, byte[] key, Waiting.Deadline deadline) {
        this.stream = stream;
        this.key = key;
        this.deadline = deadline;
    }

    static void run(MessageStream stream, byte[] key, boolean isAccepting, int limit) throws Failure {
        Handshake handshake = new Handshake(stream, key, Waiting.Deadline.in(MILLISECONDS));
        stream.setLimit(LONGEST_MESSAGE);
        try {
            if (isAccepting) handshake.pose();
            handshake.answer();
            if (!isAccepting) handshake.pose();
        } catch (IOException problem) {
            throw refused("hung up in the handshake");
        } catch (Failure failure) {
            boolean isBroken = failure.kind.equals("truncated") || failure.kind.equals("malformed");
            throw isBroken ? refused("broke the handshake") : failure;
        }
        stream.setLimit(limit);
    }

    private void pose() throws IOException, Failure {
        // Twenty bytes, as before Python 3.12: every version answers them, and newer ones as the old did, with HMAC-MD5.
        byte[] challenge;
        // Not SecureRandom, which keeps its source open for ever.
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            challenge = random.readNBytes(CHALLENGE_SIZE);
        }
        stream.send(joined(Line.bytes(CHALLENGE), challenge));
        byte[] reply = receive();
        String name = reply.length == MD5_SIZE ? "" : digestOf(reply);
        // isEqual looks at all bytes: the time must not tell how many of them were right.
        if (name == null || !MessageDigest.isEqual(reply, reply(name, challenge))) {
            stream.send(Line.bytes(FAILURE));
            throw refused("answered with another key");
        }
        stream.send(Line.bytes(WELCOME));
    }

    private void answer() throws IOException, Failure {
        byte[] message = receive();
        if (!startsWith(message, CHALLENGE)) throw refused("sent no challenge");
        byte[] challenge = Arrays.copyOfRange(message, CHALLENGE.length(), message.length);
        String name = challenge.length == CHALLENGE_SIZE ? "" : digestOf(challenge);
        if (name == null || challenge.length < CHALLENGE_SIZE) throw refused("wants a digest that is not known here");
        stream.send(reply(name, challenge));
        if (!Arrays.equals(receive(), Line.bytes(WELCOME))) throw refused("did not accept the answer");
    }

    /** Of old the digest had no name, and was MD5. */
    private byte[] reply(String name, byte[] challenge) {
        try {
            String digest = DIGESTS.get(name.isEmpty() ? "md5" : name);
            Mac mac = Mac.getInstance(digest);
            mac.init(new SecretKeySpec(key, digest));
            return joined(Line.bytes(name.isEmpty() ? "" : "{" + name + "}"), mac.doFinal(challenge));
        } catch (GeneralSecurityException problem) {
            throw new IllegalStateException("this Java does not have the digest " + name, problem);
        }
    }

    /** The digest that is named in braces at the beginning, or null if it is none that is known here. */
    private static String digestOf(byte[] message) {
        for (String name : DIGESTS.keySet()) {
            if (startsWith(message, "{" + name + "}")) return name;
        }
        return null;
    }

    private byte[] receive() throws IOException, Failure {
        byte[] message = stream.receive(deadline);
        if (message == null) throw refused("hung up in the handshake");
        return message;
    }

    private static boolean startsWith(byte[] message, String start) {
        return new String(message, StandardCharsets.ISO_8859_1).startsWith(start);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first);
        bytes.writeBytes(second);
        return bytes.toByteArray();
    }

    private static Failure refused(String what) {
        return new Failure("authentication", "the peer " + what + "; give both sides the same key");
    }
}
