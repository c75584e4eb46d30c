import AdapterProtocol
import Cases
import Foundation
import Journal
import Runner
import Synchronization
import WireFormats

/// The rungs on which the adapter meets others: case after case, until the first that fails.
extension Ladder {
  func greet() throws {
    guard let declaration = adapter?.declaration else { return }
    let channels = Self.channels(declaration)
    guard !channels.isEmpty else { return skip(Self.nothingDeclared(declaration)) }
    let swift = try partner()
    let plan = plan([swift], channels) { entry in
      guard let pairing = entry.pairing else { return false }
      return pairing.scenario.isQuick && entry.name.suite != Suite.layout.rawValue
        && (!pairing.isWithItself || swift.name == name)
    }
    try carryOut(plan, with: [swift])
    pass("\(Self.listed(channels.map(\.description)))")
  }

  func climbFramings() throws {
    guard let declaration = adapter?.declaration else { return }
    let channels = Self.channels(declaration)
    guard !channels.isEmpty else { return skip(Self.nothingDeclared(declaration)) }
    let swift = try partner()
    var details: [String] = []
    for framing in Framing.allCases where channels.contains(where: { $0.framing == framing }) {
      let chosen = channels.filter { $0.framing == framing && (settings.isFull || Self.isUsual($0, declaration)) }
      let plan = plan([swift], chosen) { _ in true }
      try carryOut(plan, with: [swift])
      details.append("\(framing.rawValue) \(plan.entries.count)")
    }
    partners = [swift.name]
    pass("\(details.joined(separator: ", ")) cases")
  }

  func meetOthers() throws {
    guard let declaration = adapter?.declaration else { return }
    let channels = Self.channels(declaration).filter { settings.isFull || Self.isUsual($0, declaration) }
    guard !channels.isEmpty else { return skip(Self.nothingDeclared(declaration)) }
    let folders = try AdapterCatalog.folders(in: settings.interop).filter {
      !Self.isSame($0, settings.folder) && !$0.hasSuffix("/swift")
    }
    let others = try AdapterCatalog(site: site, deadline: startDeadline).adapters(in: folders)
    var met: [String] = []
    for other in others {
      switch other.state {
      case .missing(let program, let install):
        tell(.note("not tried with \(other.name): \(program) is not installed; install it with: \(install)"))
      case .broken(let problem): tell(.note("not tried with \(other.name), which cannot be used: \(problem)"))
      case .ready:
        let plan = plan([other], channels) { !($0.pairing?.isWithItself ?? false) }
        guard !plan.entries.isEmpty else { continue }
        try carryOut(plan, with: [other], jobs: 2)
        met.append("\(other.name) \(plan.entries.count)")
        partners.append(other.name)
      }
    }
    met.isEmpty ? skip("there is no other that can be used here") : pass("\(met.joined(separator: ", ")) cases")
  }

  /// How long the others may take to start, in seconds.
  private var startDeadline: Double { EndpointProcess.startSeconds(command: settings.deadline) }

  // MARK: Channels

  /// The declared channels: every declared transport with every declared framing that it can have.
  static func channels(_ declaration: Declaration) -> [Channel] {
    (Channel.all + Channel.allValues).filter { channel in
      declaration.transports.contains(channel.transport.rawValue)
        && declaration.framings.contains(channel.framing.rawValue)
        && channel.codec.map { declaration.codecs.contains($0.rawValue) } ?? true
    }
  }

  /// Whether a channel has the first of the transports or of the framings: so each of both is visited.
  private static func isUsual(_ channel: Channel, _ declaration: Declaration) -> Bool {
    guard channel.framing != .none else { return true }
    guard channel.codec == nil else { return Channel.values.contains(channel) }
    let declared = channels(declaration).filter { $0.framing != .none && $0.codec == nil }
    let main = declared.first { $0.transport == .reference } ?? declared.first
    let framing = declared.first { $0.framing == .multiprocessing } ?? main
    return channel.transport == main?.transport || channel.framing == framing?.framing
  }

  static func nothingDeclared(_ declaration: Declaration) -> String {
    switch (declaration.transports.isEmpty, declaration.framings.isEmpty) {
    case (true, _): "no transport is declared yet"
    case (false, true): "no framing is declared yet, so nothing can be sent"
    default: "no declared framing fits a declared transport"
    }
  }

  private static func listed(_ words: [String]) -> String {
    words.count <= 6
      ? words.joined(separator: ", ") : "\(words.prefix(5).joined(separator: ", ")) and \(words.count - 5) more"
  }

  // MARK: Cases

  /// The adapter that is the measure of the others.
  func partner() throws -> Adapter {
    if let swift { return swift }
    let folder = "\(settings.interop)/swift"
    if Self.isSame(folder, settings.folder), let adapter { return adapter }
    let found = try AdapterCatalog(site: site, deadline: startDeadline).adapters(in: [folder]).first
    guard let found, found.declaration != nil else {
      throw HarnessError("The swift adapter cannot be used: \(found?.record.problem ?? "it is not there").")
    }
    swift = found
    return found
  }

  /// The cases of the adapter with others over some channels, in the channels' order.
  func plan(_ others: [Adapter], _ channels: [Channel], _ isWanted: (Plan.Entry) -> Bool) -> Plan {
    guard let adapter else { return Plan(entries: []) }
    let involved = others.contains { $0.name == adapter.name } ? [adapter] : [adapter] + others
    var plan = Planner(involved).plan(breadth: .full, partners: [adapter.name])
    let entries = plan.entries.filter { $0.obstacle == nil && isWanted($0) }
    plan.entries = channels.flatMap { channel in
      Self.ordered(entries.filter { $0.pairing?.channel == channel })
    }
    return plan
  }

  /// Carries cases out, one after the other unless it is said how many side by side.
  ///
  /// - Throws: ``Stumble`` for the first that fails.
  func carryOut(_ plan: Plan, with others: [Adapter], jobs: Int = 1) throws {
    guard let record = try firstFailure(of: plan, with: others, jobs: jobs), let failure = record.failure else {
      return
    }
    if failure.blame == .harness { throw HarnessError("\(record.name): \(failure.seen)") }
    let isOurs =
      failure.blamed.isEmpty || failure.blamed.contains { $0 == name || $0.split(separator: " ").first == name[...] }
    let (rule, advice) = advice(on: record, failure)
    throw Stumble(
      rung: rung, title: record.name.description, failure: failure, name: record.name,
      breaks: rule?.quotation,
      cure: isOurs
        ? advice ?? "Read what was expected and seen; run the case again by hand with parley drive."
        : "The other side is to blame here: run the case again, and report what you see.")
  }

  /// The first case that fails, or nil if none does.
  func firstFailure(of plan: Plan, with others: [Adapter], jobs: Int = 1) throws -> CaseRecord? {
    guard let adapter, !plan.entries.isEmpty else { return nil }
    var options = MatrixRun.Options()
    options.jobs = jobs
    options.deadline = settings.deadline
    options.pages = pages
    options.givesUp = false
    let adapters = [adapter] + others.filter { $0.name != adapter.name }
    let run = try MatrixRun(
      plan, adapters: adapters, vectors: "\(settings.interop)/vectors", site: site, options: options)
    let failed = Mutex<CaseRecord?>(nil)
    let ended = Mutex(0)
    let (count, progress) = (plan.entries.count, settings.progress)
    do {
      try run.execute { event in
        guard case .caseEnded(let record) = event else { return }
        let number = ended.withLock { ended in
          ended += 1
          return ended
        }
        progress(number, count, record.name)
        guard record.outcome == .failed else { return }
        failed.withLock { $0 = record }
        throw Enough()
      }
    } catch is Enough {}
    let record = failed.withLock { $0 }
    if record == nil { caseCount += plan.entries.count }
    return record
  }

  /// The first failure is enough.
  private struct Enough: Error {}
}
