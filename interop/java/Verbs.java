import java.util.List;
import java.util.Map;

/** Which verb has which keys, what form their values have, and which refusal comes first. */
final class Verbs {
    private record Keys(List<String> needed, List<String> others) {}

    private record Range(long smallest, long largest) {}

    private static final Map<String, Keys> VERBS = Map.of(
            "hello", new Keys(List.of(), List.of()),
            "open", new Keys(List.of("channel", "transport", "role", "address", "framing"), List.of("limit", "authkey")),
            "accept", new Keys(List.of("channel"), List.of("timeout")),
            "send", new Keys(List.of("channel"), List.of("payload", "file")),
            "receive", new Keys(List.of("channel"), List.of("file", "timeout")),
            "close", new Keys(List.of("channel"), List.of("how")),
            "reset", new Keys(List.of(), List.of()),
            "echo", new Keys(List.of("channel", "count"), List.of()),
            "ping", new Keys(List.of("channel", "count", "size"), List.of()));
    private static final Map<String, Range> NUMBERS = Map.of(
            "limit", new Range(1, Integer.MAX_VALUE),
            "count", new Range(1, 10_000_000),
            "size", new Range(0, Integer.MAX_VALUE),
            "timeout", new Range(0, 86_400_000));

    private Verbs() {}

    /** Words, addresses and payloads are checked later: other faults are reported before theirs. */
    static void check(Line line) throws Failure {
        Keys keys = VERBS.get(line.verb());
        if (keys == null && List.of("layout", "call").contains(line.verb())) {
            throw Failure.unsupported("there is no " + line.verb() + " here; hello lists the features");
        }
        if (keys == null) throw Failure.usage("the verb \"" + line.verb() + "\" is unknown; use one of " + VERBS.keySet());
        for (String key : line.values().keySet()) {
            if (!keys.needed.contains(key) && !keys.others.contains(key)) {
                throw Failure.usage(line.verb() + " has no key " + key + "; leave it out");
            }
        }
        for (String key : keys.needed) {
            if (!line.values().containsKey(key)) throw Failure.usage(line.verb() + " needs the key " + key + "; add it");
        }
        for (Map.Entry<String, String> entry : line.values().entrySet()) {
            checkForm(entry.getKey(), entry.getValue());
        }
    }

    private static void checkForm(String key, String value) throws Failure {
        Range range = NUMBERS.get(key);
        if (range != null && !Line.isNumber(value, range.smallest, range.largest)) {
            throw Failure.usage(key + " is not a number from " + range.smallest + " to " + range.largest);
        }
        if (key.equals("channel") && !value.matches("[a-z0-9]{1,16}")) {
            throw Failure.usage("the name of a channel is 1 to 16 of a-z and 0-9; choose another");
        }
        if (key.equals("how") && !value.equals("write")) throw Failure.usage("how can only be \"write\"");
    }
}
