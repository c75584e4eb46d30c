import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** One command, and how a reply is written. A command is ISO 8859-1, which has a character for each byte. */
record Line(String verb, Map<String, String> values) {
    static final int LONGEST = 262_144;
    private static final int LONGEST_MESSAGE = 2000;
    private static final String DIGITS = "0123456789abcdef";
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    static Line parse(String text) throws Failure {
        String[] words = text.split(" ", -1);
        Map<String, String> values = new HashMap<>();
        check(NAME.matcher(words[0]).matches());
        for (int i = 1; i < words.length; i++) {
            int place = words[i].indexOf('=');
            check(place > 0 && NAME.matcher(words[i].substring(0, place)).matches());
            if (values.put(words[i].substring(0, place), decoded(words[i].substring(place + 1))) != null) {
                throw Failure.usage("a key stands twice in the line; give it once");
            }
        }
        return new Line(words[0], values);
    }

    private static void check(boolean isGood) throws Failure {
        if (!isGood) throw Failure.usage("the line is not VERB KEY=VALUE ... with single blanks and LF alone; write it so");
    }

    private static boolean isPlain(int value) {
        return value >= '0' && value <= '9' || value >= 'A' && value <= 'Z' || value >= 'a' && value <= 'z'
                || "_.-/:,@+~".indexOf(value) >= 0;
    }

    private static String decoded(String text) throws Failure {
        StringBuilder made = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char value = text.charAt(i);
            if (value == '%' && i + 2 < text.length()) {
                int high = DIGITS.indexOf(Character.toLowerCase(text.charAt(++i)));
                int low = DIGITS.indexOf(Character.toLowerCase(text.charAt(++i)));
                if (high < 0 || low < 0) throw Failure.usage("a % has no two hexadecimal digits behind it; write it as %25");
                made.append((char) (high << 4 | low));
            } else {
                if (!isPlain(value)) throw Failure.usage("a value has a byte that has to be written as %XX");
                made.append(value);
            }
        }
        return made.toString();
    }

    /** The number of a key, or what stands for it where the key is missing. */
    long number(String key, long otherwise) {
        String text = values.get(key);
        return text == null ? otherwise : Long.parseLong(text);
    }

    /** Decimal, without a sign and without zeros in front, all of which parseLong would take. */
    static boolean isNumber(String text, long smallest, long largest) {
        if (!NUMBER.matcher(text).matches()) return false;
        long value = Long.parseLong(text);
        return smallest <= value && value <= largest;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Lower case, two digits a byte. */
    static byte[] fromHex(String text) throws Failure {
        byte[] bytes = new byte[text.length() / 2];
        for (int i = 0; i < text.length(); i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            if (digit < 0 || text.length() % 2 != 0) throw Failure.usage("that is not lower-case hex, two digits a byte");
            bytes[i / 2] = (byte) (bytes[i / 2] << 4 | digit);
        }
        return bytes;
    }

    static String payloadReply(byte[] message) throws Failure {
        String start = "ok payload=";
        if (message.length > (LONGEST - start.length()) / 2) {
            throw Failure.usage("the message is too long for a reply; receive it with file=, it is still there");
        }
        StringBuilder reply = new StringBuilder(start.length() + 2 * message.length).append(start);
        for (byte value : message) {
            reply.append(DIGITS.charAt(value >> 4 & 15)).append(DIGITS.charAt(value & 15));
        }
        return reply.toString();
    }

    static String errorReply(Failure failure) {
        String text = failure.getMessage();
        if (text.length() > LONGEST_MESSAGE) text = text.substring(0, LONGEST_MESSAGE);
        return "error kind=" + failure.kind + " message=" + encoded(text);
    }

    static String encoded(String text) {
        StringBuilder made = new StringBuilder();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(value)) {
                made.append((char) value);
            } else {
                made.append('%').append(Character.toUpperCase(DIGITS.charAt(value >> 4 & 15)))
                        .append(Character.toUpperCase(DIGITS.charAt(value & 15)));
            }
        }
        return made.toString();
    }
}
