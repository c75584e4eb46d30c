import Glibc

/// Says, when the process is killed by a fault or is silent for too long, at which input it was.
enum LastInput {
  /// Written before each input.
  nonisolated(unsafe) static var index = 0

  /// Seconds that a hundred inputs may take before the process ends itself.
  static let patience: UInt32 = 10

  /// Made beforehand: a signal handler must not allocate.
  private nonisolated(unsafe) static let digits = UnsafeMutablePointer<UInt8>.allocate(capacity: 20)
  private static let message: StaticString = "codec-fuzz: ended by a signal; try --count 1 --first "

  static func watch() {
    digits.initialize(repeating: UInt8(ascii: "\n"), count: 20)
    for signal in [SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGABRT, SIGALRM] {
      Glibc.signal(signal) { signal in
        LastInput.tell()
        Glibc.signal(signal, SIG_DFL)
        raise(signal)
      }
    }
  }

  private static func tell() {
    var (place, rest) = (19, index)
    repeat {
      place -= 1
      digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    _ = write(2, message.utf8Start, message.utf8CodeUnitCount)
    _ = write(2, digits + place, 20 - place)
  }
}
