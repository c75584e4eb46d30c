import AdapterProtocol
import Cases
import Foundation
import Runner
import WireFormats

/// The rung on which the program starts and says who it is.
extension Ladder {
  /// How often a start is measured.
  private static let starts = 5

  func askHello() throws {
    let command = try startCommand()
    let asked = Adapter(
      name: name, title: manifest?.title ?? "", folder: settings.folder, state: .broken("not asked yet"),
      command: command)
    var times: [Duration] = []
    var declaration: Declaration?
    for _ in 0..<Self.starts {
      let begin = ContinuousClock.now
      let conversation = try start(asked)
      let answer = try placed { () throws(Fault) in try Self.declaration(conversation) }
      times.append(.now - begin)
      declaration = answer
      // How it ends is a later rung's.
      _ = conversation.endpoint.finish(seconds: min(settings.deadline, 1))
    }
    guard let declaration else { return }
    try checkNames(declaration)
    adapter = Adapter(
      name: name, title: asked.title, folder: asked.folder, state: .ready(declaration), command: command)
    pass(
      "\(declaration.runtime); start-up to the reply \(Self.milliseconds(times.sorted()[times.count / 2])), median of \(times.count)"
    )
  }

  /// Starts a conversation with an endpoint that may be in any state.
  private func start(_ adapter: Adapter) throws -> Talk {
    do {
      return try Talk(adapter, site, seconds: settings.deadline)
    } catch {
      throw Fault(
        title: "the start", expected: "a program that can be started",
        seen: "\(lines.place("run")): \(error.description)",
        cure: "Run the command in the adapter's folder by hand: \(adapter.command.joined(separator: " "))")
    }
  }

  /// A conversation with the adapter.
  func talk() throws -> Talk {
    guard let adapter else { throw HarnessError("There is no adapter to talk to yet.") }
    return try start(adapter)
  }

  /// Says which line of the manifest started what went wrong.
  private func placed<Result>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
    do {
      return try body()
    } catch {
      var fault = error
      let isAboutBytes = if case .badLine = error.trouble { true } else { false }
      fault.seen =
        "\(lines.place("run")): the program that run starts\(isAboutBytes ? " wrote\n" : ": ")\(error.seen)"
      throw fault
    }
  }

  private static func declaration(_ conversation: Talk) throws(Fault) -> Declaration {
    let reply = try conversation.ask(Command("hello"))
    do {
      return try Declaration(reply)
    } catch {
      throw conversation.fault(.notADeclaration(error, reply))
    }
  }

  /// A misspelt name would never be tried, and its author would wonder.
  private func checkNames(_ declaration: Declaration) throws(Fault) {
    let transports = Transport.allCases.map(\.rawValue)
    if let name = declaration.transports.first(where: { !transports.contains($0) }) {
      throw unknown(name, "transports", transports, .transportNames)
    }
    let framings = Framing.allCases.map(\.rawValue)
    if let name = declaration.framings.first(where: { !framings.contains($0) }) {
      throw unknown(name, "framings", framings, .framingNames)
    }
    let codecs = Codec.allCases.map(\.rawValue)
    if let name = declaration.codecs.first(where: { !codecs.contains($0) }) {
      throw unknown(name, "codecs", codecs, .codecNames)
    }
    let limits = ValueLimit.names.filter { limit in declaration.codecs.contains { limit.hasPrefix("\($0):") } }
    if let name = declaration.limits.first(where: { !limits.contains($0) }) {
      throw unknown(name, "limits", limits, .limitNames)
    }
    for name in declaration.features where !Self.knownFeatures.contains(name) && !Self.optionsAndCalls.contains(name) {
      tell(.note("\(name) is among features=, and nothing here checks it"))
    }
  }

  private func unknown(_ name: String, _ key: String, _ known: [String], _ requirement: Requirement) -> Fault {
    Fault(
      title: "a name in the reply to hello", expected: "\(key)= of \(known.joined(separator: ", "))",
      seen: "\(key)= has \"\(name)\"", requirement: requirement)
  }
}
