import AdapterProtocol
import Cases
import Journal
import Runner
import WireFormats

/// The rung that looks for lies: what `hello` does not name must be refused, and what works should be named.
extension Ladder {
  static let knownFeatures = ["echo", "ping", "layout"]
  /// Features that cases show, in the suites `authentication` and `messages` and in the notes' examples.
  static let optionsAndCalls = ["authkey", "call", "timeout"]

  func tryUndeclared() throws {
    guard let declaration = adapter?.declaration else { return }
    let transports = Transport.inMatrix.map(\.rawValue).filter { !declaration.transports.contains($0) }
    let framings = Framing.allCases.map(\.rawValue).filter { !declaration.framings.contains($0) && $0 != "none" }
    let codecs = [Codec.json, .pickle, .structure].filter { !declaration.codecs.contains($0.rawValue) }
    for transport in transports { try probe(declaration, transport: transport) }
    // Without a transport no framing can be tried.
    if !declaration.transports.isEmpty {
      for framing in framings { try probe(declaration, framing: framing) }
      for codec in codecs { try probe(declaration, codec: codec) }
    }
    let features = Self.knownFeatures.filter { !declaration.features.contains($0) }
    for feature in features { try probe(declaration, feature: feature) }
    for limit in declaration.limits { try probe(declaration, limit: limit) }
    let count = transports.count + framings.count + codecs.count + features.count
    pass(count == 0 ? "everything there is, is declared" : "\(count) names are unsupported, as they must be")
  }

  private func probe(_ declaration: Declaration, transport: String) throws {
    let known = Transport(rawValue: transport)?.traits.framings.map(\.rawValue) ?? []
    let framing = known.first { declaration.framings.contains($0) } ?? known.first ?? "line"
    try probe("the transport \(transport)", declaration, [transport], [framing])
  }

  private func probe(_ declaration: Declaration, framing: String) throws {
    let streams = declaration.transports.filter { Transport(rawValue: $0)?.traits.isStream ?? false }
    guard let transport = streams.first else { return }
    try probe("the framing \(framing)", declaration, [transport], [framing], isFraming: true)
  }

  private func probe(_ declaration: Declaration, codec: Codec) throws {
    let channels = Self.channels(declaration).filter { $0.codec == nil && $0.transport == .reference }
    guard
      let channel = Channel.allValues.first(where: { value in
        value.codec == codec && channels.contains { $0.framing == value.framing }
      })
    else { return }
    try probe(
      "the codec \(codec.rawValue)", declaration, [channel.transport.rawValue], [channel.framing.rawValue],
      [codec.rawValue])
  }

  /// Tries a greeting over a channel that is not declared.
  private func probe(
    _ what: String, _ declaration: Declaration, _ transports: [String], _ framings: [String],
    _ codecs: [String] = [], isFraming: Bool = false
  ) throws {
    guard let adapter else { return }
    let swift = try partner()
    guard swift.name != adapter.name else { return }
    var pretended = declaration
    (pretended.transports, pretended.framings, pretended.codecs) = (transports, framings, codecs)
    let pretender = Adapter(
      name: adapter.name, title: adapter.title, folder: adapter.folder, state: .ready(pretended),
      command: adapter.command)
    var plan = Planner([pretender, swift]).plan(breadth: .full, partners: [adapter.name])
    plan.entries = plan.entries.filter {
      $0.obstacle == nil && $0.pairing?.scenario.isQuick ?? false && $0.name.suite != "layout"
        && ($0.pairing?.channel.codec != nil) == !codecs.isEmpty
        && $0.pairing?.writer == adapter.name && $0.pairing?.reader == swift.name
    }
    let before = caseCount
    defer { caseCount = before }
    guard let record = try firstFailure(of: plan, with: [swift]), let failure = record.failure else {
      if !plan.entries.isEmpty { tell(.note("\(name) can do \(what), and does not declare it in hello")) }
      return
    }
    if failure.code == FindingCode.declaredRefused.rawValue { return }
    // Who has no codecs and no managers need not know the keys that only they have.
    let hasForeignKeys = !codecs.isEmpty || transports.contains { Transport(rawValue: $0)?.traits.content == .objects }
    if hasForeignKeys && failure.errorKind == ErrorKind.usage.rawValue { return }
    let rule: Requirement = !codecs.isEmpty ? .undeclaredCodec : isFraming ? .undeclaredFraming : .undeclaredTransport
    throw Stumble(
      rung: rung, title: "\(what), which hello does not name",
      failure: with(
        failure, expected: "error kind=unsupported in answer to \(codecs.isEmpty ? "open" : "send with codec")"),
      name: nil,
      breaks: quotation(of: rule), cure: rule.cure)
  }

  /// Tries values that the adapter says it loses: a limit that is not there would hide cases that pass.
  private func probe(_ declaration: Declaration, limit: String) throws {
    guard let adapter else { return }
    let swift = try partner()
    var pretended = declaration
    pretended.limits.removeAll { $0 == limit }
    let pretender = Adapter(
      name: adapter.name, title: adapter.title, folder: adapter.folder, state: .ready(pretended),
      command: adapter.command)
    var plan = Planner([pretender, swift]).plan(breadth: .full, partners: [adapter.name])
    plan.entries = plan.entries.filter { entry in
      guard let pairing = entry.pairing, let kind = pairing.scenario.limit, let codec = pairing.channel.codec else {
        return false
      }
      return entry.obstacle == nil && kind.name(in: codec) == limit
    }
    let before = caseCount
    defer { caseCount = before }
    guard !plan.entries.isEmpty, try firstFailure(of: plan, with: [swift]) == nil else { return }
    throw Fault(
      title: "the limit \(limit), which hello declares", expected: "values of this kind that are lost",
      seen: "every case of the kind passes: \(plan.entries.map(\.name.description).joined(separator: ", "))",
      requirement: .limitIsThere)
  }

  private func with(_ failure: Failure, expected: String) -> Failure {
    var failure = failure
    failure.expected = expected
    return failure
  }

  private func probe(_ declaration: Declaration, feature: String) throws {
    let conversation = try talk()
    let words =
      switch feature {
      case "echo": "echo channel=c count=1"
      case "ping": "ping channel=c count=1 size=1"
      default: "layout record=nested"
      }
    let command = Command(raw: words)
    let reply = try conversation.ask(command)
    if case .error(.unsupported, _) = reply { return }
    let works: Bool
    switch feature {
    case "layout": works = if case .ok = reply { true } else { false }
    case "echo": works = (try? roundTrip(pinger: partner(), echoer: adapter, count: 1)) != nil
    default: works = (try? roundTrip(pinger: adapter, echoer: partner(), count: 1)) != nil
    }
    if works { return tell(.note("\(name) can do \(feature), and does not declare it in features=")) }
    throw conversation.fault(
      .otherReply(
        "the optional verb \(feature), which hello does not name", to: command, expected: "error kind=unsupported",
        reply, .undeclaredVerb))
  }
}
