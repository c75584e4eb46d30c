import AdapterProtocol
import Cases
import Foundation

/// One worker's live endpoints: one start serves many cases.
final class EndpointPool {
  private struct Key: Hashable {
    var side: Side
    var adapter: String
    /// Set where the endpoint has inherited a stock of this transport.
    var transport: Transport?
  }

  private struct Member {
    var endpoint: EndpointProcess
    var stock: InheritedStock?
  }

  private let settings: RunSettings
  private var members: [Key: Member] = [:]
  /// The most memory that an endpoint of each adapter has held, in bytes.
  private(set) var peakMemory: [String: Int] = [:]
  /// Unclean ends of endpoints.
  private(set) var notes: [String] = []

  /// The most links that a case makes one after the other.
  private static let linksPerCase = 4

  init(_ settings: RunSettings) { self.settings = settings }

  /// The endpoint of an adapter for a side, and its stock on an inherited transport: the one that is there, or a new one.
  ///
  /// - Throws: ``HarnessError``, or ``UnwillingEndpoint`` for one that does not say who it is.
  func endpoint(_ adapter: Adapter, _ side: Side, _ transport: Transport) throws -> (EndpointProcess, InheritedStock?) {
    let key = Key(side: side, adapter: adapter.name, transport: transport.traits.isInherited ? transport : nil)
    if let member = members[key] {
      if member.stock.map({ $0.count >= Self.linksPerCase }) ?? true { return (member.endpoint, member.stock) }
      if let problem = finish(member.endpoint) { notes.append("The endpoint of \(adapter.name) \(problem).") }
    }
    let stock = transport.traits.isInherited ? try InheritedStock(transport, count: InheritedStock.usualCount) : nil
    let endpoint = try fresh(adapter, inheriting: stock?.inheritance ?? [])
    stock?.closeInheritance()
    _ = try endpoint.hello(seconds: settings.deadline)
    endpoint.noteOwnHoldings()
    members[key] = Member(endpoint: endpoint, stock: stock)
    return (endpoint, stock)
  }

  /// An endpoint that serves one case.
  func fresh(_ adapter: Adapter, inheriting inherited: [Int32]) throws(HarnessError) -> EndpointProcess {
    try EndpointProcess(adapter.program, inheriting: inherited, environment: settings.environment)
  }

  /// Ends an endpoint at once: it failed, or it served its case.
  func discard(_ endpoint: EndpointProcess) {
    noteMemory(endpoint)
    endpoint.process.kill()
    members = members.filter { $0.value.endpoint !== endpoint }
  }

  /// Ends an endpoint politely.
  ///
  /// - Returns: what was wrong with its end, or nil.
  func finish(_ endpoint: EndpointProcess) -> EndingProblem? {
    noteMemory(endpoint)
    members = members.filter { $0.value.endpoint !== endpoint }
    return endpoint.finish(seconds: min(settings.deadline, 2))
  }

  /// Ends all endpoints politely.
  func finishAll() {
    for endpoint in members.values.map(\.endpoint) {
      let name = endpoint.program.name
      if let problem = finish(endpoint) { notes.append("The endpoint of \(name) \(problem).") }
    }
  }

  private func noteMemory(_ endpoint: EndpointProcess) {
    guard let peak = Ledger.peakMemory(of: "\(endpoint.process.id)") else { return }
    peakMemory[endpoint.program.name] = max(peak, peakMemory[endpoint.program.name] ?? 0)
  }
}
