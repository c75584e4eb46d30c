import AdapterProtocol
import Cases
import Foundation
import Runner
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
    details.isEmpty ? skip("none is declared") : pass(details.joined(separator: "; "))
    guard !declaration.features.contains("echo"), let channel = duplexChannel else { return }
    let time = Self.microseconds(try commandedRoundTrip(channel))
    tell(
      .note(
        "a \(Self.size)-byte round trip over \(channel) takes \(time), four commands included; the optional verb echo measures it without them"
      ))
  }

  private func measured(isEcho: Bool) throws -> String {
    guard let channel = duplexChannel else { return "not tried: it needs a transport that goes both ways" }
    let swift = try partner()
    let (pinger, echoer) = isEcho ? (swift, adapter) : (adapter, swift)
    _ = try roundTrip(pinger: pinger, echoer: echoer, count: 10)
    let times = try (0..<5).map { _ in try roundTrip(pinger: pinger, echoer: echoer, count: Self.roundTrips / 5) }
    let median = times.sorted()[2]
    return
      "\(Self.size)-byte round trip \(Self.microseconds(median)) over \(channel), median of 5 × \(Self.roundTrips / 5)"
  }

  /// The first declared channel on which both sides send.
  private var duplexChannel: Channel? {
    guard let declaration = adapter?.declaration else { return nil }
    return Self.channels(declaration).first { $0.transport == .reference }
      ?? Self.channels(declaration).first {
        $0.codec == nil && $0.traits.isConnected && $0.traits.isStream && $0.traits.address != .loopbackPort
      }
  }

  /// Lets one endpoint ping another.
  ///
  /// - Returns: microseconds a round trip.
  /// - Throws: ``Fault`` if one of them does not play its part.
  func roundTrip(pinger: Adapter?, echoer: Adapter?, count: Int) throws -> Double {
    guard let pinger, let echoer, let channel = duplexChannel else {
      throw HarnessError("There is no channel to ping.")
    }
    let (connector, listener) = try connected(pinger, echoer, channel)
    let echo = Command("echo", [Field("channel", "c"), Field("count", "\(count)")])
    let ping = Command("ping", [Field("channel", "c"), Field("count", "\(count)"), Field("size", "\(Self.size)")])
    let told = listener.tell(echo)
    let reply = try obeyed(ping, connector, .pingVerb)
    guard let time = reply.text("nanoseconds").flatMap(Double.init), time > 0 else {
      throw connector.traced(
        Fault(title: "ping", expected: "ok nanoseconds=N", seen: reply.line, requirement: .pingTime))
    }
    guard case .ok = try listener.reply(to: told) else {
      throw listener.traced(Fault(title: "echo", expected: "ok", seen: "an error", requirement: .echoVerb))
    }
    for conversation in [connector, listener] { _ = try obeyed(Command("reset"), conversation, .resetForgets) }
    return time / Double(count) / 1000
  }

  /// A round trip of the adapter with Swift by plain `send` and `receive`, in microseconds: the median.
  private func commandedRoundTrip(_ channel: Channel) throws -> Double {
    guard let adapter else { return 0 }
    let (connector, listener) = try connected(partner(), adapter, channel)
    let send = Command("send", [Field("channel", "c"), Field("payload", String(repeating: "61", count: Self.size))])
    let receive = Command("receive", [Field("channel", "c")])
    let times = try (0..<200).map { _ in
      let start = ContinuousClock.now
      _ = try obeyed(send, connector, .sendPayload)
      _ = try obeyed(receive, listener, .receiveOneMessage)
      _ = try obeyed(send, listener, .sendPayload)
      _ = try obeyed(receive, connector, .receiveOneMessage)
      return (ContinuousClock.now - start) / .microseconds(1)
    }
    return times.sorted()[times.count / 2]
  }

  /// Two endpoints with a channel c between them.
  private func connected(
    _ connecting: Adapter, _ listening: Adapter, _ channel: Channel
  ) throws -> (connector: Talk, listener: Talk) {
    let listener = try Talk(listening, site, seconds: settings.deadline)
    let connector = try Talk(connecting, site, seconds: settings.deadline)
    let path = "\(site.workspace.path)/ping"
    let address =
      channel.traits.address == .abstractName
      ? "@\(URL(fileURLWithPath: path).pathComponents.suffix(2).joined())" : path
    for (conversation, role) in [(listener, "listen"), (connector, "connect")] {
      let fields = [
        Field("channel", "c"), Field("transport", channel.transport.rawValue), Field("role", role),
        Field("address", address), Field("framing", channel.framing.rawValue),
      ]
      _ = try obeyed(Command("open", fields), conversation, .openReplyWhenReady)
    }
    _ = try obeyed(Command("accept", [Field("channel", "c")]), listener, .acceptWaits)
    return (connector, listener)
  }

  private static func microseconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) µs" }

  private func compareLayouts() throws -> Int {
    let conversation = try talk()
    let layouts = try GoldenVectors(folder: "\(settings.interop)/vectors").layouts
    for layout in layouts {
      let reply = try conversation.ask(Command("layout", [Field("record", layout.record)]))
      // A record that the language cannot have is no lie.
      if case .error(.unsupported, _) = reply { continue }
      let expectation = Expectation.fields(layout.reply)
      if expectation.mismatch(reply, fileContent: nil, subject: name) != nil {
        throw conversation.traced(
          Fault(
            title: "layout of \(layout.record)", expected: expectation.words, seen: reply.line,
            requirement: .layoutForm))
      }
    }
    return layouts.count
  }
}
