import CPlatform
import Endpoints

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The ends that find this process blocked: its standard input ends, or a signal asks it to go.
///
/// Two threads wait for them, so that the thread that obeys commands need not. Neither allocates memory while it waits: the
/// first allocation of a thread makes a mapping, which would look like one that a channel has left behind.
enum Ending {
  /// Starts to watch; to be called before anything else starts a thread.
  static func watch() {
    MainThread.begin()
    blockSignals()
    let status = parley_start_thread { _ in
      Ending.awaitSignal()
      return nil
    }
    // Blocked signals that nobody waits for could not end the process any more.
    if status != 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
    var input = stat()
    // The commands in a regular file are all obeyed, and whatever else there is ends at once or never.
    guard fstat(0, &input) == 0 else { return }
    let canHangUp = [S_IFIFO, S_IFSOCK].contains(input.st_mode & S_IFMT) || isatty(0) == 1
    guard canHangUp else { return }
    _ = parley_start_thread { _ in
      Ending.awaitHangUp()
      return nil
    }
  }

  /// Those that end a process, and do not say that something is wrong with it.
  private nonisolated(unsafe) static var signals = sigset_t()

  /// Every thread inherits the mask, so the signals reach the one that waits for them and interrupt no other.
  private static func blockSignals() {
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] {
      // What the parent process has it ignore, as `nohup` does, it goes on ignoring.
      if !parley_is_ignored(number) { sigaddset(&signals, number) }
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  private static func awaitSignal() {
    var number: Int32 = 0
    while sigwait(&signals, &number) != 0 {}
    Leftovers.removeAll {
      // The process dies of the signal, as its parent expects.
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      raise(number)
      _exit(128 + number)
    }
  }

  private static func awaitHangUp() {
    let isTerminal = isatty(0) == 1
    while true {
      // A terminal does not hang up at Ctrl-D.
      if parley_hangs_up(0, isTerminal ? 40 : -1) { break }
      if isTerminal, MainThread.isObeying, isAtEnd, MainThread.waitsInCommand(), isAtEnd { end() }
    }
    // Commands that came before the end are still obeyed, as long as they get on.
    while !MainThread.waitsInCommand() {}
    end()
  }

  private static func end() -> Never { Leftovers.removeAll { _exit(0) } }

  /// Whether the next read from the terminal finds its end.
  private static var isAtEnd: Bool {
    var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLIN) != 0 && parley_readable_count(0) == 0
  }
}
