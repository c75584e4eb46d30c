import AdapterProtocol
import Cases
import Foundation

/// The persistent endpoints of one worker: one start serves many cases.
final class EndpointPool {
  private struct Key: Hashable {
    var side: Side
    var adapter: String
    /// The transport of the inherited stock; nil if there is none.
    var transport: Transport?
  }

  private struct Member {
    var endpoint: EndpointProcess
    var stock: InheritedStock?
  }

  private let settings: RunSettings
  private var members: [Key: Member] = [:]
  /// The peak memory of each adapter's endpoints, in bytes.
  private(set) var peakMemory: [String: Int] = [:]
  /// A sentence for each unclean shutdown.
  private(set) var notes: [String] = []

  /// The largest number of links that a case uses, one after the other.
  static let linksPerCase = 4

  init(_ settings: RunSettings) { self.settings = settings }

  /// The endpoint of an adapter for a side, started if necessary, and its stock on an inherited transport.
  ///
  /// - Throws: ``HarnessError``, or ``UnwillingEndpoint`` if it does not answer `hello`.
  func endpoint(_ adapter: Adapter, _ side: Side, _ transport: Transport) throws -> (EndpointProcess, InheritedStock?) {
    let key = Key(side: side, adapter: adapter.name, transport: transport.traits.isInherited ? transport : nil)
    if let member = members[key] {
      if member.stock.map({ $0.count >= Self.linksPerCase }) ?? true { return (member.endpoint, member.stock) }
      retire(member.endpoint)
    }
    let stock = transport.traits.isInherited ? try InheritedStock(transport, count: InheritedStock.usualCount) : nil
    let endpoint = try fresh(adapter, inheriting: stock?.inheritance ?? [])
    stock?.closeInheritance()
    try greet(endpoint)
    members[key] = Member(endpoint: endpoint, stock: stock)
    return (endpoint, stock)
  }

  /// Starts an endpoint for a single case.
  func fresh(_ adapter: Adapter, inheriting inherited: [Int32]) throws(HarnessError) -> EndpointProcess {
    try EndpointProcess(adapter.program, inheriting: inherited, environment: settings.environment)
  }

  /// Waits for the reply to `hello`, and records what the endpoint holds before its first case.
  ///
  /// - Throws: ``UnwillingEndpoint`` if it does not answer.
  func greet(_ endpoint: EndpointProcess) throws(UnwillingEndpoint) {
    _ = try endpoint.hello(seconds: settings.deadline)
    endpoint.noteOwnHoldings()
  }

  /// Kills an endpoint that failed or is not needed any more.
  func discard(_ endpoint: EndpointProcess) {
    noteMemory(endpoint)
    endpoint.process.kill()
    members = members.filter { $0.value.endpoint !== endpoint }
  }

  /// Shuts an endpoint down.
  ///
  /// - Returns: what was wrong with its end, or nil.
  func finish(_ endpoint: EndpointProcess) -> EndingProblem? {
    noteMemory(endpoint)
    members = members.filter { $0.value.endpoint !== endpoint }
    return endpoint.finish(seconds: min(settings.deadline, 2))
  }

  /// Shuts all endpoints down.
  func finishAll() {
    for endpoint in members.values.map(\.endpoint) { retire(endpoint) }
  }

  /// Shuts an endpoint down between cases, and notes what was wrong with its end.
  private func retire(_ endpoint: EndpointProcess) {
    if let problem = finish(endpoint) { notes.append("The endpoint of \(endpoint.program.name) \(problem).") }
  }

  private func noteMemory(_ endpoint: EndpointProcess) {
    guard let peak = Ledger.peakMemory(of: "\(endpoint.process.id)") else { return }
    peakMemory[endpoint.program.name] = max(peak, peakMemory[endpoint.program.name] ?? 0)
  }
}
