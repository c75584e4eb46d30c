import AdapterProtocol
import Foundation
import WireFormats

/// The rung of the optional verbs, and the round trip that two of them measure.
extension Ladder {
  private static let roundTrips = 2000
  private static let size = 64

  func tryFeatures() throws {
    guard let declaration = adapter?.declaration else { return }
    var details: [String] = []
    if declaration.features.contains("echo") { details.append("echo \(try measured(isEcho: true))") }
    if declaration.features.contains("ping") { details.append("ping \(try measured(isEcho: false))") }
    if declaration.features.contains("layout") {
      let count = try compareLayouts()
      details.append("layout \(count) records")
    }
    if !declaration.features.contains("echo"), duplexChannel != nil {
      tell(.note("no round trip was measured: add the verb echo (PROTOCOL.md, section 6) and name it in features="))
    }
    details.isEmpty ? skip("none is declared") : pass(details.joined(separator: "; "))
  }

  private func measured(isEcho: Bool) throws -> String {
    guard let channel = duplexChannel else { return "not tried: it needs a transport that goes both ways" }
    let swift = try partner()
    let (pinger, echoer) = isEcho ? (swift, adapter) : (adapter, swift)
    _ = try roundTrip(pinger: pinger, echoer: echoer, count: 10)
    let times = try (0..<5).map { _ in try roundTrip(pinger: pinger, echoer: echoer, count: Self.roundTrips / 5) }
    let median = times.sorted()[2]
    return "\(Self.size)-byte round trip \((median * 10).rounded() / 10) µs over \(channel), median of 5 × \(Self.roundTrips / 5)"
  }

  /// The first declared channel on which both sides send.
  private var duplexChannel: Channel? {
    guard let declaration = adapter?.declaration else { return nil }
    return Self.channels(declaration).first { $0.transport == .unix }
      ?? Self.channels(declaration).first { $0.transport.isConnected && $0.transport.isStream && $0.transport != .tcp }
  }

  /// Lets one endpoint ping another.
  ///
  /// - Returns: microseconds a round trip.
  /// - Throws: ``Fault`` if one of them does not play its part.
  func roundTrip(pinger: Adapter?, echoer: Adapter?, count: Int) throws -> Double {
    guard let pinger, let echoer, let channel = duplexChannel else { throw HarnessError("There is no channel to ping.") }
    let listener = try Conversation(echoer, site, deadline: settings.deadline)
    let connector = try Conversation(pinger, site, deadline: settings.deadline)
    var address = "\(site.workspace.path)/ping"
    if channel.transport == .unixAbstract { address = "@\(URL(fileURLWithPath: address).pathComponents.suffix(2).joined())" }
    func open(_ conversation: Conversation, _ role: String) throws {
      let fields = [
        Field("channel", "c"), Field("transport", channel.transport.rawValue), Field("role", role),
        Field("address", address), Field("framing", channel.framing.rawValue),
      ]
      _ = try obeyed(Command("open", fields), conversation, .open)
    }
    try open(listener, "listen")
    try open(connector, "connect")
    _ = try obeyed(Command("accept", [Field("channel", "c")]), listener, .accept)
    let echo = Command("echo", [Field("channel", "c"), Field("count", "\(count)")])
    let ping = Command("ping", [Field("channel", "c"), Field("count", "\(count)"), Field("size", "\(Self.size)")])
    listener.tell(echo)
    let reply = try obeyed(ping, connector, .ping)
    guard let time = reply.text("nanoseconds").flatMap(Double.init), time > 0 else {
      throw connector.traced(
        Fault(title: "ping", expected: "ok nanoseconds=N", seen: reply.line, requirement: .ping))
    }
    guard case .ok = try listener.reply(to: echo.line) else {
      throw listener.traced(Fault(title: "echo", expected: "ok", seen: "an error", requirement: .echo))
    }
    for conversation in [connector, listener] { _ = try obeyed(Command("reset"), conversation, .reset) }
    return time / Double(count) / 1000
  }

  private func compareLayouts() throws -> Int {
    let conversation = try talk()
    let layouts = try GoldenVectors(folder: "\(settings.interop)/vectors").layouts
    for layout in layouts {
      let reply = try conversation.ask(Command("layout", [Field("record", layout.record)]))
      // A record that the language cannot have is no lie.
      if case .error(.unsupported, _) = reply { continue }
      if let mismatch = Expectation.fields(layout.reply).mismatch(reply, fileContent: nil, subject: name) {
        throw conversation.traced(
          Fault(title: "layout of \(layout.record)", expected: mismatch.expected, seen: mismatch.seen, requirement: .layout))
      }
    }
    return layouts.count
  }
}
