import AdapterProtocol
public import Journal
import WireFormats

/// Makes a plan out of what the adapters declare.
///
/// No I/O, no state: the same adapters give the same plan.
public struct Planner: Sendable {
  /// What the planner needs to know of an adapter.
  public struct Capabilities: Sendable {
    var name: String
    var transports: Set<String>
    var framings: Set<String>
    var codecs: Set<String> = []
    var features: Set<String> = []
    /// Set if nothing of this adapter can be tried.
    var obstacle: Plan.Obstacle?
  }

  let capabilities: [Capabilities]

  /// Takes what the adapters declare.
  public init(_ capabilities: [Capabilities]) {
    self.capabilities = capabilities.sorted { $0.name < $1.name }
  }

  /// Makes a plan.
  ///
  /// - Parameters:
  ///   - breadth: how much of the matrix to visit.
  ///   - globs: which cases; all if there are none.
  ///   - partner: an adapter that every pair must involve; any if nil.
  ///   - isTapped: without the tap, scenarios that need it are not run.
  /// - Returns: the cases, by suite, channel, pair and scenario.
  public func plan(
    breadth: Breadth, globs: [CaseGlob] = [], partner: String? = nil, isTapped: Bool = true
  ) -> Plan {
    var entries: [Plan.Entry] = []
    for suite in Suite.allCases {
      for channel in suite.channels(breadth) {
        let scenarios = scenarios(suite, channel, breadth)
        for writer in capabilities {
          for reader in capabilities where partner == nil || writer.name == partner || reader.name == partner {
            let channelObstacle = obstacle(channel, writer, reader)
            for scenario in scenarios {
              let name = CaseName(
                suite: suite.rawValue, channel: channel.description, pair: "\(writer.name)-\(reader.name)",
                scenario: scenario.name)
              guard globs.isEmpty || globs.contains(where: { $0.matches(name.description) }) else { continue }
              entries.append(
                Plan.Entry(
                  name: name,
                  obstacle: channelObstacle ?? obstacle(scenario, writer, reader, isTapped),
                  work: .scenario(
                    Plan.Pairing(
                      scenario: scenario, channel: channel, writer: writer.name, reader: reader.name))))
            }
          }
        }
      }
    }
    return Plan(entries: entries)
  }

  private func scenarios(_ suite: Suite, _ channel: Channel, _ breadth: Breadth) -> [Scenario] {
    let applicable = suite.scenarios.filter { $0.applies(channel) }
    guard breadth == .quick else { return applicable }
    return Array(applicable.filter(\.isQuick).prefix(1))
  }

  private func obstacle(_ channel: Channel, _ writer: Capabilities, _ reader: Capabilities) -> Plan.Obstacle? {
    for adapter in writer.name == reader.name ? [writer] : [writer, reader] {
      if let obstacle = adapter.obstacle { return obstacle }
      if !adapter.transports.contains(channel.transport.rawValue) {
        return Plan.Obstacle(
          outcome: .unsupported, reason: "\(adapter.name) does not declare the transport \(channel.transport.rawValue)")
      }
      if !adapter.framings.contains(channel.framing.rawValue) {
        return Plan.Obstacle(
          outcome: .unsupported, reason: "\(adapter.name) does not declare the framing \(channel.framing.rawValue)")
      }
    }
    if let codec = channel.codec,
      let lacking = [writer, reader].first(where: { !$0.codecs.contains(codec.rawValue) })
    {
      return Plan.Obstacle(
        outcome: .unsupported, reason: "\(lacking.name) does not declare the codec \(codec.rawValue)")
    }
    return nil
  }

  private func obstacle(
    _ scenario: Scenario, _ writer: Capabilities, _ reader: Capabilities, _ isTapped: Bool
  ) -> Plan.Obstacle? {
    if let feature = scenario.feature, let lacking = [writer, reader].first(where: { !$0.features.contains(feature) }) {
      return Plan.Obstacle(outcome: .unsupported, reason: "\(lacking.name) does not declare the feature \(feature)")
    }
    guard scenario.needsTap && !isTapped else { return nil }
    return Plan.Obstacle(outcome: .notRun, reason: "the scenario needs the tap; leave --no-tap out")
  }
}

extension Planner {
  /// Takes what some adapters have declared.
  public init(_ adapters: [Adapter]) {
    self.init(
      adapters.map { adapter in
        switch adapter.state {
        case .ready(let declaration):
          Capabilities(
            name: adapter.name, transports: Set(declaration.transports), framings: Set(declaration.framings),
            codecs: Set(declaration.codecs), features: Set(declaration.features))
        case .missing(let program, let install):
          Capabilities(
            name: adapter.name, transports: [], framings: [],
            obstacle: Plan.Obstacle(
              outcome: .notRun,
              reason: "\(adapter.name) needs \(program), which is not installed; install it with: \(install)"))
        case .broken(let problem):
          Capabilities(
            name: adapter.name, transports: [], framings: [],
            obstacle: Plan.Obstacle(
              outcome: .failed, reason: "\(adapter.name) cannot be used: \(problem)", adapter: adapter.name))
        }
      })
  }
}
