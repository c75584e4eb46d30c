package import AdapterProtocol

/// The commands to one endpoint and its output: matches replies to commands, and tracks since when one is due.
///
/// A pure state machine. It knows the adapter protocol, but not the purpose of the commands.
package struct Dialogue: Sendable {
  /// What an endpoint sent back.
  package enum Outcome: Sendable {
    /// The reply to the command with a number, and its line.
    case reply(Int, Reply, line: ArraySlice<UInt8>)
    /// A line that is not a reply.
    case badLine(LineFault, line: [UInt8])
    /// The process ended, or closed its standard output and still runs (nil).
    case ended(ProcessEnd?)
  }

  private var lines = LineBuffer()
  private var pending: [Int] = []
  private var answered = 0
  /// Since when the first pending command waits; nil if none is pending.
  private(set) package var waitingSince: Duration?
  private var hasClosedOutput = false
  private var end: ProcessEnd?
  /// A line that is not a reply, until it is known whether a reply follows.
  private var suspect: (line: [UInt8], since: Duration?)?
  private var closedSince: Duration?
  private var isOver = false

  /// How long the reply may come after a banner, in seconds.
  private static let bannerSeconds = 0.3
  /// How long a process may run after closing its standard output, in seconds.
  private static let endSeconds = 1.0

  package init() {}

  /// Whether a command is waiting for its reply.
  package var isWaiting: Bool { answered < pending.count }

  /// The number of the command whose reply is due; nil if none is.
  package var waitingFor: Int? { isWaiting ? pending[answered] : nil }

  /// The bytes after the last complete line.
  package var partialLine: ArraySlice<UInt8> { lines.pending }

  /// Whether the process has ended.
  package var hasEnded: Bool { end != nil }

  /// Records that a command was issued.
  ///
  /// - Parameters:
  ///   - number: the number that identifies the command in ``Outcome``.
  ///   - now: the current time.
  package mutating func issued(_ number: Int, at now: Duration) {
    if !isWaiting {
      pending.removeAll(keepingCapacity: true)
      answered = 0
      waitingSince = now
    }
    pending.append(number)
  }

  /// Takes an event of the process.
  package mutating func take(_ event: ProcessEvent) {
    switch event {
    case .output(let bytes): lines.append(bytes)
    case .errorOutput: break
    case .outputClosed: hasClosedOutput = true
    case .ended(let end): self.end = end
    }
  }

  /// The next outcome; nil if there is none yet.
  package mutating func next(at now: Duration) -> Outcome? {
    if isOver { return nil }
    if let line = lines.next() { return outcome(of: line, at: now) }
    if let suspect {
      if suspect.since == nil { self.suspect?.since = now }
      let isOld = now - (suspect.since ?? now) >= .seconds(Self.bannerSeconds)
      return isOld || end != nil ? bad(suspect.line, next: nil) : nil
    }
    if lines.pending.count > Command.longestLine {
      isOver = true
      return .badLine(.tooLong, line: Array(lines.pending.prefix(Self.keptBytes)))
    }
    guard hasEnded(at: now) else { return nil }
    isOver = true
    return lines.pending.isEmpty
      ? .ended(end) : .badLine(.cutOff(end), line: Array(lines.pending.prefix(Self.keptBytes)))
  }

  /// When ``next(at:)`` must be called even without an event, apart from the timeout of a command; nil if never.
  package var deadline: Duration? {
    if let since = suspect?.since { return since + .seconds(Self.bannerSeconds) }
    return isOver ? nil : closedSince.map { $0 + .seconds(Self.endSeconds) }
  }

  /// Whether the process is over, even if a child holds its standard output open; one that closed it gets a moment to end.
  private mutating func hasEnded(at now: Duration) -> Bool {
    if end != nil { return true }
    guard hasClosedOutput else { return false }
    guard let since = closedSince else {
      closedSince = now
      return false
    }
    return now - since >= .seconds(Self.endSeconds)
  }

  private mutating func outcome(of line: ArraySlice<UInt8>, at now: Duration) -> Outcome? {
    if let suspect { return bad(suspect.line, next: line) }
    guard isWaiting, let reply = try? Reply(parsing: line) else {
      if isWaiting, LineFault.canBeBanner(line) {
        suspect = (Array(line), nil)
        return next(at: now)
      }
      return bad(Array(line), next: nil)
    }
    let number = pending[answered]
    answered += 1
    waitingSince = isWaiting ? now : nil
    return .reply(number, reply, line: line)
  }

  private mutating func bad(_ line: [UInt8], next: ArraySlice<UInt8>?) -> Outcome? {
    isOver = true
    let fault = LineFault.diagnosis(line[...], next: next, isAsked: isWaiting) ?? .unasked
    return .badLine(fault, line: Array(line.prefix(Self.keptBytes)))
  }

  private static let keptBytes = 400
}
