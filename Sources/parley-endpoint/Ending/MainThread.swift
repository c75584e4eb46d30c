import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the thread that obeys commands is doing, as other threads see it.
enum MainThread {
  /// Counts the beginnings and ends of commands: odd while one is under way.
  private static let turn = Atomic<Int>(0)
  /// Written once, before there is another thread.
  private nonisolated(unsafe) static var clock = CLOCK_PROCESS_CPUTIME_ID

  /// How often to look whether a command gets on, and for how long.
  private static let looks = (count: 8, microseconds: UInt32(5000))
  /// A thread that polls a cell spends up to a fiftieth of its time in it, one that exchanges messages far more.
  private static let idleNanoseconds = Int64(2_000_000)

  /// To be called by the thread itself, before all others.
  static func begin() {
    #if canImport(Glibc)
    var own = clockid_t()
    if pthread_getcpuclockid(pthread_self(), &own) == 0 { clock = own }
    #endif
  }

  /// Obeys a command.
  static func obeying<Result>(_ command: () -> Result) -> Result {
    turn.add(1, ordering: .relaxed)
    defer { turn.add(1, ordering: .relaxed) }
    return command()
  }

  static var isObeying: Bool { turn.load(ordering: .relaxed) % 2 == 1 }

  /// Whether one command is under way for 40 ms and does nothing but wait; returns soon if none is.
  static func waitsInCommand() -> Bool {
    let now = turn.load(ordering: .relaxed)
    guard now % 2 == 1 else {
      usleep(looks.microseconds)
      return false
    }
    let used = usedNanoseconds
    var asleep = 0
    for _ in 0..<looks.count {
      usleep(looks.microseconds)
      guard turn.load(ordering: .relaxed) == now else { return false }
      if isAsleep { asleep += 1 }
    }
    // On a busy machine a thread that works may use no more time than one that waits; but it does not sleep.
    return usedNanoseconds - used < idleNanoseconds && asleep > looks.count / 2
  }

  private static var usedNanoseconds: Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Whether the thread sleeps until something happens, rather than running, being about to run, or waiting for a disk.
  private static var isAsleep: Bool {
    #if os(Linux)
    // The state of a process is that of its first thread, which obeys the commands.
    let number = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return true }
    defer { close(number) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { text in
      let count = read(number, text.baseAddress, text.count)
      // "1234 (name) S …": the state follows the last parenthesis.
      guard count > 0, let end = text[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return true }
      return text[end + 2] == UInt8(ascii: "S")
    }
    #else
    return true
    #endif
  }
}
