/// What a process was doing when a conversation hung, as the system tells it.
package struct ProcessState: Equatable, Sendable {
  /// The state's letter in `/proc/PID/stat`: R running, S sleeping, T stopped, t traced, D waiting for a device, Z ended.
  package var letter: Character
  /// The kernel function in which it sleeps, of `/proc/PID/wchan`; nil where the system does not tell.
  package var sleepsIn: String?
  /// The name of the system call that it is in, such as `read`; nil where the system does not tell.
  package var systemCall: String?
  /// Whether it waits for its next command, although it has one: it reads its standard input.
  package var waitsForCommand: Bool
  /// Whether it holds the case's FIFO open for reading and writing at once.
  package var holdsFifoBothWays: Bool

  package init(
    letter: Character, sleepsIn: String? = nil, systemCall: String? = nil, waitsForCommand: Bool = false,
    holdsFifoBothWays: Bool = false
  ) {
    self.letter = letter
    self.sleepsIn = sleepsIn
    self.systemCall = systemCall
    self.waitsForCommand = waitsForCommand
    self.holdsFifoBothWays = holdsFifoBothWays
  }

  /// Whether a signal or a debugger holds it.
  package var isStopped: Bool { letter == "T" || letter == "t" }
}
