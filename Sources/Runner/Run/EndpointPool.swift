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
    /// The descriptors that it may use, whatever is left of its stock.
    var cost: Int
    /// The pool's clock when it was used last.
    var lastUse: Int
  }

  private let settings: RunSettings
  private var members: [Key: Member] = [:]
  private var clock = 0
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
    clock += 1
    if let member = members[key] {
      members[key]?.lastUse = clock
      if member.stock.map({ $0.count >= Self.linksPerCase }) ?? true { return (member.endpoint, member.stock) }
      retire(member.endpoint)
    }
    let slots = transport.traits.isInherited ? settings.descriptors.stockCount : 0
    let cost = DescriptorBudget.cost(stock: slots)
    makeRoom(for: cost + DescriptorBudget.perStart + DescriptorBudget.perSlot * slots)
    let stock = slots > 0 ? try InheritedStock(transport, count: slots) : nil
    let endpoint = try fresh(adapter, inheriting: stock?.inheritance ?? [])
    stock?.closeInheritance()
    try greet(endpoint)
    members[key] = Member(endpoint: endpoint, stock: stock, cost: cost, lastUse: clock)
    return (endpoint, stock)
  }

  /// Retires the endpoints that were not used for longest until there are descriptors for another one.
  ///
  /// The one that was used last stays: it is the other side of the same case.
  private func makeRoom(for cost: Int) {
    while members.count > 1, members.values.reduce(cost, { $0 + $1.cost }) > settings.descriptors.share,
      let oldest = members.values.min(by: { $0.lastUse < $1.lastUse })
    {
      retire(oldest.endpoint)
    }
  }

  /// Starts an endpoint for a single case.
  func fresh(_ adapter: Adapter, inheriting inherited: [Int32]) throws(HarnessError) -> EndpointProcess {
    try EndpointProcess(adapter.program, inheriting: inherited, environment: settings.environment)
  }

  /// Waits for the reply to `hello`, and records what the endpoint holds before its first case.
  ///
  /// - Throws: ``UnwillingEndpoint`` if it does not answer.
  func greet(_ endpoint: EndpointProcess) throws(UnwillingEndpoint) {
    _ = try endpoint.hello(seconds: settings.startDeadline)
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
    guard let peak = Ledger.peak(.resident, of: "\(endpoint.process.id)") else { return }
    peakMemory[endpoint.program.name] = max(peak, peakMemory[endpoint.program.name] ?? 0)
  }
}
