import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The verbs. */
final class Session {
    private final Map<String, Channel> channels = new HashMap<>();

    /** Gives the reply to a command, whatever happens. */
    String answer(String text) {
        try {
            if (text.length() > Line.LONGEST) throw Failure.usage("the line is too long; send a long message with file=");
            Line line = Line.parse(text);
            Verbs.check(line);
            return obey(line);
        } catch (Failure failure) {
            return Line.errorReply(failure);
        } catch (IOException problem) {
            return Line.errorReply(Failure.of(problem));
        } catch (OutOfMemoryError problem) {
            return Line.errorReply(new Failure("internal", "there is no memory for the message; lower limit="));
        } catch (InternalError problem) {
            // What Java makes of a SIGBUS.
            return Line.errorReply(Mapping.isCut());
        } catch (RuntimeException problem) {
            problem.printStackTrace();
            return Line.errorReply(new Failure("internal", problem + "; this is a fault of the endpoint, report it"));
        }
    }

    private String obey(Line line) throws IOException, Failure {
        String verb = line.verb();
        if (verb.equals("hello")) return hello();
        if (verb.equals("reset")) return reset();
        String name = line.values().get("channel");
        Channel channel = channels.get(name);
        if (verb.equals("open")) {
            if (channel != null) throw Failure.usage("the channel is open already; close it first");
            channels.put(name, channel = new Channel(line));
            return channel.reply;
        }
        if (channel == null) throw Failure.usage("the channel is not open; open it first");
        long count = line.number("count", 0);
        switch (verb) {
            case "accept" -> channel.accept(deadline(line));
            case "send" -> send(line, channel);
            case "receive" -> {
                return receive(line, channel);
            }
            case "close" -> {
                if (line.values().containsKey("how")) {
                    channel.endWriting();
                } else {
                    channels.remove(name).close();
                }
            }
            case "echo" -> {
                channel.check(channel.canSend() && channel.canReceive());
                channel.echo(count);
            }
            default -> {
                channel.check(channel.canSend() && channel.canReceive());
                long start = System.nanoTime();
                channel.ping((int) line.number("size", 0), count);
                return "ok nanoseconds=" + (System.nanoTime() - start);
            }
        }
        return "ok";
    }

    private static String hello() throws IOException {
        // What the runtime keeps from its first socket on, a descriptor among it, it shall have before anybody counts.
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).close();
        List<String> transports = new ArrayList<>(Channel.SOCKETS);
        transports.addAll(Channel.ONE_WAY);
        List<String> framings = new ArrayList<>();
        for (Framing framing : Framing.values()) framings.add(framing.word());
        // "OpenJDK Runtime Environment", for example.
        String name = System.getProperty("java.runtime.name").split(" ")[0];
        return "ok protocol=1 language=java runtime=" + Line.encoded(name + " " + System.getProperty("java.version"))
                + " transports=" + String.join(",", transports) + " framings=" + String.join(",", framings)
                + " codecs= features=echo,ping,timeout,authkey";
    }

    private static Waiting.Deadline deadline(Line line) {
        return line.values().containsKey("timeout") ? Waiting.Deadline.in(line.number("timeout", 0))
                : Waiting.Deadline.NEVER;
    }

    private static void send(Line line, Channel channel) throws IOException, Failure {
        String payload = line.values().get("payload");
        String file = line.values().get("file");
        if ((payload == null) == (file == null)) throw Failure.usage("send needs either payload or file; give one of them");
        channel.check(channel.canSend());
        channel.send(file == null ? Line.fromHex(payload) : MessageFile.read(file, channel.limit));
    }

    private static String receive(Line line, Channel channel) throws IOException, Failure {
        channel.check(channel.canReceive());
        byte[] message = channel.receive(deadline(line));
        if (message == null) return "ok end=true";
        try {
            String file = line.values().get("file");
            if (file == null) return Line.payloadReply(message);
            MessageFile.write(file, message);
            return "ok length=" + message.length;
        } catch (IOException | Failure problem) {
            channel.keep(message);
            throw problem;
        }
    }

    private String reset() throws IOException {
        IOException first = null;
        for (Channel channel : channels.values()) {
            try {
                channel.close();
            } catch (IOException problem) {
                first = problem;
            }
        }
        channels.clear();
        if (first != null) throw first;
        return "ok";
    }
}
