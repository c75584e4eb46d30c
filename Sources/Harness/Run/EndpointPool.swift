import Foundation

/// One worker's live endpoints: one start serves many cases.
final class EndpointPool {
  private struct Key: Hashable {
    var side: Side
    var adapter: String
  }

  private let settings: RunSettings
  private var endpoints: [Key: EndpointProcess] = [:]
  /// The most memory that an endpoint of each adapter has held, in bytes.
  private(set) var peakMemory: [String: Int] = [:]
  /// What was wrong with the endpoints' going.
  private(set) var notes: [String] = []

  init(_ settings: RunSettings) { self.settings = settings }

  /// The endpoint of an adapter for a side: the one that is there, or a new one.
  func endpoint(_ adapter: Adapter, _ side: Side) throws(HarnessError) -> EndpointProcess {
    let key = Key(side: side, adapter: adapter.name)
    if let endpoint = endpoints[key] { return endpoint }
    let endpoint = try fresh(adapter, inheriting: [])
    _ = try endpoint.hello(deadline: settings.deadline)
    endpoint.takeBaseline()
    endpoints[key] = endpoint
    return endpoint
  }

  /// An endpoint that serves one case.
  func fresh(_ adapter: Adapter, inheriting inherited: [Int32]) throws(HarnessError) -> EndpointProcess {
    try EndpointProcess(adapter, inheriting: inherited, environment: settings.environment)
  }

  /// Ends an endpoint at once: it failed, or it served its case.
  func discard(_ endpoint: EndpointProcess) {
    noteMemory(endpoint)
    endpoint.process.kill()
    endpoints = endpoints.filter { $0.value !== endpoint }
  }

  /// Ends an endpoint politely.
  ///
  /// - Returns: what was wrong with its going, or nil.
  func finish(_ endpoint: EndpointProcess) -> String? {
    noteMemory(endpoint)
    endpoints = endpoints.filter { $0.value !== endpoint }
    return endpoint.finish(seconds: min(settings.deadline, 2))
  }

  /// Ends all endpoints politely.
  func finishAll() {
    for endpoint in Array(endpoints.values) {
      let name = endpoint.adapter.name
      if let problem = finish(endpoint) { notes.append("The endpoint of \(name) \(problem).") }
    }
  }

  private func noteMemory(_ endpoint: EndpointProcess) {
    guard let peak = Ledger.peakMemory(of: "\(endpoint.process.id)") else { return }
    peakMemory[endpoint.adapter.name] = max(peak, peakMemory[endpoint.adapter.name] ?? 0)
  }
}
