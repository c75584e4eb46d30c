// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

final class Endpoint {
    private static final int LONGEST_LINE = 262_144;
    // Possessive, so that a long value is matched without a stack frame for each of its characters.
    private static final Pattern WORD = Pattern.compile("[a-z0-9-]+=(?:[A-Za-z0-9_./:,@+~-]|%[0-9A-Fa-f]{2})*+");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");
    private static final Set<String> OPTIONAL_VERBS = Set.of("echo", "ping", "layout", "call");
    private static final Set<String> NEEDED_BY_OPEN = Set.of("channel", "transport", "role", "address", "framing");
    private static final Set<String> OTHERS_OF_OPEN =
            Set.of("limit", "authkey", "queue", "size", "offset", "length", "lock", "slots");
    /** The smallest number that each of these may have. */
    private static final Map<String, Long> NUMBERS = Map.of("limit", 1L, "size", 1L, "length", 1L, "offset", 0L);

    /** Obeys a line, in which each character stands for a byte. */
    private static String answer(String line) {
        // The order matters: of several refusals that apply, every endpoint gives the same one.
        List<String> words = List.of(line.split(" ", -1));
        String verb = words.get(0);
        Map<String, String> values = new HashMap<>();
        for (String word : words.subList(1, words.size())) {
            if (line.length() > LONGEST_LINE || !WORD.matcher(word).matches()) {
                return refusal("usage", "that is not verb key=value key=value, with one blank between words");
            }
            int place = word.indexOf('=');
            if (values.put(word.substring(0, place), decoded(word.substring(place + 1))) != null) {
                return refusal("usage", "a key stands twice");
            }
        }
        if (OPTIONAL_VERBS.contains(verb)) return refusal("unsupported", "there is no " + verb + " yet");
        if (verb.equals("hello") && values.isEmpty()) {
            return "ok protocol=1 language=java runtime=" + encoded("Java " + System.getProperty("java.version"))
                    + " transports= framings= codecs= features=";
        }
        if (verb.equals("open") && canOpen(values)) return refusal("unsupported", "there is no such transport yet");
        if (verb.equals("reset") && values.isEmpty()) return "ok";
        return refusal("usage", "no such verb, other keys or values, or a channel that is not open");
    }

    /** Whether open has the keys that it needs and no others, and their values are of the right form. */
    private static boolean canOpen(Map<String, String> values) {
        return values.keySet().containsAll(NEEDED_BY_OPEN)
                && values.keySet().stream().allMatch(key -> NEEDED_BY_OPEN.contains(key) || OTHERS_OF_OPEN.contains(key))
                && values.get("channel").matches("[a-z0-9]{1,16}")
                && NUMBERS.entrySet().stream().allMatch(entry -> isNumber(values.get(entry.getKey()), entry.getValue()));
    }

    private static boolean isNumber(String text, long smallest) {
        if (text == null) return true;
        if (!NUMBER.matcher(text).matches()) return false;
        long value = Long.parseLong(text);
        return smallest <= value && value <= Integer.MAX_VALUE;
    }

    private static String decoded(String text) {
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                made.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                made.append(text.charAt(i));
            }
        }
        return made.toString();
    }

    private static String encoded(String text) {
        StringBuilder made = new StringBuilder();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = value > 0 && Character.isLetterOrDigit(value) || "_.-/:,@+~".indexOf(value) >= 0;
            made.append(isPlain ? String.valueOf((char) value) : String.format("%%%02X", value));
        }
        return made.toString();
    }

    private static String refusal(String kind, String message) {
        return "error kind=" + kind + " message=" + encoded(message);
    }

    /** Reads up to the next line feed; null at the end of the input, which may cut a line off: then it is not obeyed. */
    private static String line(InputStream input) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int value = input.read(); value >= 0; value = input.read()) {
            // ISO 8859-1 has a character for each byte.
            if (value == '\n') return line.toString(StandardCharsets.ISO_8859_1);
            line.write(value);
        }
        return null;
    }

    public static void main(String[] arguments) throws IOException {
        InputStream input = new BufferedInputStream(System.in);
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        for (String line = line(input); line != null; line = line(input)) {
            output.print(answer(line) + "\n");
            // Without this the reply would wait in a buffer.
            output.flush();
        }
    }
}
