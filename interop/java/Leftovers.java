import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What must not stay behind when the process ends: socket files, and cells that still say that their writer is there. */
final class Leftovers {
    /** Something that is to be removed, and how. It must bear to find it gone. */
    interface Leftover {
        void remove();
    }

    /** Makes something, and gives what removes it again. */
    interface Maker<T extends Leftover> {
        T make() throws IOException, Failure;
    }

    private static final List<Leftover> NOTED = new ArrayList<>();

    private Leftovers() {}

    /** The process may end at any moment, and first removes all this: so making and noting are one step. */
    static <T extends Leftover> T make(Maker<T> maker) throws IOException, Failure {
        synchronized (NOTED) {
            T made = maker.make();
            NOTED.add(made);
            return made;
        }
    }

    static void remove(Leftover leftover) {
        synchronized (NOTED) {
            if (NOTED.remove(leftover)) leftover.remove();
        }
    }

    /** Not System.exit: it would run the shutdown hook, which waits for this lock. */
    static void removeAllAndEnd(int status) {
        synchronized (NOTED) {
            NOTED.forEach(Leftover::remove);
            Runtime.getRuntime().halt(status);
        }
    }
}
