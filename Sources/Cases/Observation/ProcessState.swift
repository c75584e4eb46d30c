/// What a process was doing when a conversation hung, as the system reports it.
package struct ProcessState: Equatable, Sendable {
  /// The state's letter in `/proc/PID/stat`: R running, S sleeping, T stopped, t traced, D waiting for a device, Z ended.
  package var letter: Character
  /// The name of its current system call, such as `read`; nil if the system does not report it.
  package var systemCall: String?
  /// Whether it is blocked in `read` on standard input, although it has a command to answer.
  package var waitsForCommand: Bool
  /// Whether it has the case's FIFO open for both reading and writing.
  package var holdsFifoBothWays: Bool

  package init(
    letter: Character, systemCall: String? = nil, waitsForCommand: Bool = false,
    holdsFifoBothWays: Bool = false
  ) {
    self.letter = letter
    self.systemCall = systemCall
    self.waitsForCommand = waitsForCommand
    self.holdsFifoBothWays = holdsFifoBothWays
  }

  /// Whether a signal or a debugger has stopped it.
  package var isStopped: Bool { letter == "T" || letter == "t" }
}
