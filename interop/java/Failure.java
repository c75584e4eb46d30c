import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in the words of ../PROTOCOL.md: a kind, and a sentence for people. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1;
    private static final String PATH = "check the path";
    private static final String GONE = "the peer has gone, open the channel again";
    private static final String TAKEN = "choose another address, or end the program that has it";
    private static final String PERMISSIONS = "check the permissions of the path and of its folder";

    /** The words of the system, which Java hands on as they are, with the kind and a remedy. */
    private static final String[][] SYSTEM_ERRORS = {
        {"Message too long", "too-large", "send less"},
        {"Broken pipe", "closed", GONE},
        {"Connection reset", "reset", GONE},
        {"Connection refused", "refused", "start a listener there first"},
        {"Protocol wrong type for socket", "refused", "start a listener of the same kind there first"},
        {"No such file or directory", "missing", PATH},
        {"Not a directory", "missing", PATH},
        {"Bad file descriptor", "missing", "pass the descriptor to this process when it is started"},
        {"Address already in use", "exists", TAKEN},
        {"File exists", "exists", TAKEN},
        {"Permission denied", "denied", PERMISSIONS},
        {"Operation not permitted", "denied", PERMISSIONS},
        {"Read-only file system", "denied", PERMISSIONS},
        {"timed out", "timeout", "ask again"},
        {"File name too long", "usage", "give a shorter path"},
        {"Is a directory", "usage", "give the path of a file"},
    };

    final String kind;

    Failure(String kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static Failure usage(String message) {
        return new Failure("usage", message);
    }

    static Failure unsupported(String message) {
        return new Failure("unsupported", message);
    }

    static Failure malformed(String what) {
        return new Failure("malformed", what + "; check that both ends use the same framing");
    }

    static Failure tooLarge(String what, long length, long most) {
        return new Failure("too-large", what + " has " + Long.toUnsignedString(length) + " bytes and only " + most
                + " are allowed; send less, or raise limit=");
    }

    /**
     * What the system says. Only some errors have an exception of their own; the others differ in their text alone. It is
     * English because adapter.yml starts Java with LC_ALL=C.UTF-8.
     */
    static Failure of(IOException problem) {
        String text = problem.getMessage() == null ? "" : problem.getMessage();
        // Of a file's problem the message begins with the path, and a path may be named like an error.
        String reason = problem instanceof FileSystemException file && file.getReason() != null ? file.getReason() : text;
        if (problem instanceof NoSuchFileException) {
            return new Failure("missing", "there is no " + text + "; " + PATH);
        }
        if (problem instanceof AccessDeniedException) {
            return new Failure("denied", "there is no permission for " + text + "; " + PERMISSIONS);
        }
        if (problem instanceof FileAlreadyExistsException) {
            return new Failure("exists", text + " is there already; " + TAKEN);
        }
        for (String[] error : SYSTEM_ERRORS) {
            if (reason.contains(error[0])) return new Failure(error[1], text + "; " + error[2]);
        }
        return new Failure("internal", problem + "; see whether descriptors, memory or space have run out");
    }
}
