import AdapterProtocol
package import Cases
import Journal

extension Planner {
  /// Creates a planner from the adapters' declarations.
  package init(_ adapters: [Adapter]) {
    self.init(
      adapters.map { adapter in
        switch adapter.state {
        case .ready(let declaration):
          Capabilities(
            name: adapter.name, transports: Set(declaration.transports), framings: Set(declaration.framings),
            codecs: Set(declaration.codecs), features: Set(declaration.features), limits: Set(declaration.limits))
        case .missing(let program, let install):
          Capabilities(
            name: adapter.name, transports: [], framings: [],
            obstacle: Plan.Obstacle(
              outcome: .notRun,
              reason: "\(adapter.name) needs \(program), which is not installed; install it with: \(install)",
              isMissing: true))
        case .broken(let problem):
          Capabilities(
            name: adapter.name, transports: [], framings: [],
            obstacle: Plan.Obstacle(
              outcome: .failed, reason: "\(adapter.name) cannot be used: \(problem)", adapter: adapter.name))
        }
      })
  }
}
