package import AdapterProtocol

/// The commands that one endpoint was given, and what came back: which replies belong to which commands, and since when one is due.
///
/// A pure state machine. It knows the adapter protocol and nothing of what the commands are for.
package struct Dialogue: Sendable {
  /// What came back.
  package enum Outcome: Sendable {
    /// The reply to the command with a number, and its line.
    case reply(Int, Reply, line: ArraySlice<UInt8>)
    /// Something that is no reply.
    case badLine(LineFault, line: [UInt8])
    /// The process ended, or closed its standard output and runs on (nil).
    case ended(ProcessEnd?)
  }

  private var lines = LineBuffer()
  private var pending: [Int] = []
  private var answered = 0
  /// Since when the first command waits; nil while none does.
  private(set) package var waitingSince: Duration?
  private var hasClosedOutput = false
  private var end: ProcessEnd?
  /// A line that is no reply, until it is known whether one follows.
  private var suspect: (line: [UInt8], since: Duration?)?
  private var closedSince: Duration?
  private var isOver = false

  /// How long a banner may be ahead of the reply, in seconds.
  private static let bannerSeconds = 0.3
  /// How long a process that closed its standard output may take to end.
  private static let endSeconds = 1.0

  package init() {}

  /// Whether a command waits for its reply.
  package var isWaiting: Bool { answered < pending.count }

  /// What has come without its line feed.
  package var partialLine: ArraySlice<UInt8> { lines.pending }

  /// Whether the process has ended.
  package var hasEnded: Bool { end != nil }

  /// Notes that a command was given.
  ///
  /// - Parameters:
  ///   - number: by which its reply is known.
  ///   - now: when.
  package mutating func issued(_ number: Int, at now: Duration) {
    if !isWaiting {
      pending.removeAll(keepingCapacity: true)
      answered = 0
      waitingSince = now
    }
    pending.append(number)
  }

  /// Takes what has happened to the process.
  package mutating func take(_ event: ProcessEvent) {
    switch event {
    case .output(let bytes): lines.append(bytes)
    case .errorOutput: break
    case .outputClosed: hasClosedOutput = true
    case .ended(let end): self.end = end
    }
  }

  /// What has come back and was not told yet; nil if there is nothing.
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

  /// When the time alone changes something, besides the deadline of a command.
  package var deadline: Duration? {
    if let since = suspect?.since { return since + .seconds(Self.bannerSeconds) }
    return isOver ? nil : closedSince.map { $0 + .seconds(Self.endSeconds) }
  }

  /// A process that ended is over even if a child of it holds its standard output; one that closed it is given a moment to end.
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
