package import AdapterProtocol
package import Cases
import Foundation
import Journal
package import Runner

/// A direct talk with one endpoint: a command, its reply, and nothing else.
package final class Conversation {
  package let endpoint: EndpointProcess
  private let deadline: Double
  private var commands: [String] = []

  /// Starts an endpoint.
  ///
  /// - Parameters:
  ///   - adapter: which.
  ///   - site: where it runs.
  ///   - deadline: how long a command may take, in seconds.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(_ adapter: Adapter, _ site: Site, deadline: Double) throws(HarnessError) {
    endpoint = try EndpointProcess(adapter, environment: site.environment)
    self.deadline = deadline
  }

  deinit { endpoint.process.kill() }

  /// Gives a command and waits for its reply.
  ///
  /// - Throws: ``Fault`` for anything but one reply in time.
  package func ask(_ command: Command) throws(Fault) -> Reply {
    try checkSilence()
    tell(command)
    return try reply(to: Expectation.shortened(command.line, to: 120))
  }

  /// Gives a command without waiting.
  package func tell(_ command: Command) {
    let text = Expectation.shortened(command.line, to: 120)
    commands.append(text)
    endpoint.enqueue(command)
    endpoint.flush()
  }

  /// Waits for the reply to a command that was given.
  ///
  /// - Throws: ``Fault`` for anything but a reply in time.
  package func reply(to command: String) throws(Fault) -> Reply {
    guard let line = try line(orFault: command) else { throw silence(command) }
    if let reply = try? Reply(parsing: line) {
      note(reply.line)
      return reply
    }
    // A banner is told from a wrong reply by the reply after it.
    let next = try? self.line(orFault: command, seconds: 0.3)
    let fault = ReplyDiagnosis.fault(line, next: next.flatMap(\.self), answering: command)
    throw traced(fault ?? Fault(title: "an unreadable reply", expected: "a reply", seen: ByteDump.text(line)))
  }

  /// Looks whether something came that nobody asked for.
  ///
  /// - Throws: ``Fault`` if so.
  package func checkSilence() throws(Fault) {
    endpoint.exchange()
    guard let line = endpoint.nextLine() else { return }
    if let fault = ReplyDiagnosis.fault(line, next: nil, answering: nil) { throw traced(fault) }
  }

  /// Ends the input, waits for the end, and looks at what else came.
  ///
  /// - Returns: what was wrong with its going, or nil if it exited with 0.
  /// - Throws: ``Fault`` if it wrote more.
  package func finish() throws(Fault) -> Fault? {
    endpoint.flush()
    let seconds = min(deadline, 3)
    let problem = endpoint.finish(seconds: seconds)
    endpoint.exchange()
    try checkSilence()
    guard endpoint.partialLine.isEmpty else {
      throw traced(
        Fault(
          title: "bytes after the last reply", expected: "nothing more on standard output",
          seen: ByteDump.text(endpoint.partialLine), requirement: .nothingElse))
    }
    return problem.map {
      traced(
        Fault(
          title: "the end of standard input",
          expected: "an exit with status 0, within \(Self.format(seconds)) s",
          seen: "it \($0)", requirement: .endOfInput))
    }
  }

  /// Adds what was said to a fault.
  package func traced(_ fault: Fault) -> Fault {
    var fault = fault
    fault.traces = [
      EndpointTrace(
        name: endpoint.adapter.name, commands: Array(commands.suffix(6)),
        standardError: endpoint.standardError.lines(10))
    ]
    return fault
  }

  private func note(_ reply: String) {
    guard let last = commands.indices.last, !commands[last].contains(" → ") else { return }
    commands[last] += " → \(Expectation.shortened(reply, to: 100))"
  }

  /// The next line; nil if none came in time.
  private func line(orFault command: String, seconds: Double? = nil) throws(Fault) -> ArraySlice<UInt8>? {
    let end = ContinuousClock.now + .seconds(seconds ?? deadline)
    while true {
      endpoint.exchange()
      if let line = endpoint.nextLine() { return line }
      if endpoint.hasClosedOutput { throw ended(command) }
      let rest = (end - .now) / .milliseconds(1)
      guard rest > 0 else { return nil }
      var entries: [pollfd] = []
      endpoint.appendInterests(to: &entries)
      _ = poll(&entries, nfds_t(entries.count), Int32(min(rest.rounded(.up), 1e9)))
    }
  }

  private func ended(_ command: String) -> Fault {
    let how = endpoint.process.wait(seconds: 1).map(\.description) ?? "closed its standard output and goes on running"
    let rest = endpoint.partialLine
    let wrote = rest.isEmpty ? "" : ", after these bytes without a line feed:\n\(ByteDump.text(rest))"
    return traced(
      Fault(
        title: "an end instead of a reply", expected: "a reply to \(command)", seen: "it \(how)\(wrote)",
        requirement: commands.count > 1 ? .livesOn : .endOfInput,
        cure: commands.count > 1
          ? nil : "See what it says on standard error; try the run command of adapter.yml by hand, and type hello."))
  }

  private func silence(_ command: String) -> Fault {
    let rest = endpoint.partialLine
    let seen =
      rest.isEmpty
      ? "nothing within \(Self.format(deadline)) s" : "these bytes, and no line feed:\n\(ByteDump.text(rest))"
    return traced(
      Fault(
        title: "no reply", expected: "a reply to \(command)", seen: seen, requirement: rest.isEmpty ? .flush : .lineFeed
      ))
  }

  package static func format(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
  }
}
