import AdapterProtocol
package import Journal
import WireFormats

/// Creates a plan from the adapters' declarations.
///
/// No I/O, no state: the same adapters give the same plan.
package struct Planner: Sendable {
  /// What the planner needs to know about an adapter.
  package struct Capabilities: Sendable {
    package var name: String
    package var transports: Set<String>
    package var framings: Set<String>
    package var codecs: Set<String> = []
    package var features: Set<String> = []
    package var limits: Set<String> = []
    /// The reason why no case with this adapter can be tried; nil if there is none.
    package var obstacle: Plan.Obstacle?

    package init(
      name: String, transports: Set<String>, framings: Set<String>, codecs: Set<String> = [],
      features: Set<String> = [], limits: Set<String> = [], obstacle: Plan.Obstacle? = nil
    ) {
      self.name = name
      self.transports = transports
      self.framings = framings
      self.codecs = codecs
      self.features = features
      self.limits = limits
      self.obstacle = obstacle
    }
  }

  package let capabilities: [Capabilities]

  /// Creates a planner from the adapters' declarations.
  package init(_ capabilities: [Capabilities]) {
    self.capabilities = capabilities.sorted { $0.name < $1.name }
  }

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - breadth: how much of the matrix to cover.
  ///   - globs: the cases to include; all if empty.
  ///   - partners: every pair must contain one of these adapters; any if empty.
  ///   - isTapped: whether there is a tap; without it, scenarios that need it are not run.
  /// - Returns: the cases, ordered by suite, channel, pair and scenario.
  package func plan(
    breadth: Breadth, globs: [CaseGlob] = [], partners: [String] = [], isTapped: Bool = true
  ) -> Plan {
    var entries: [Plan.Entry] = []
    let wellMet = wellMet(partners)
    let isUsual = breadth == .usual && !wellMet.isEmpty
    let named = isUsual ? naming(globs) : []
    for suite in Suite.allCases {
      for channel in suite.channels(breadth) {
        // The same for every pair, so computed once.
        let all = scenarios(suite, channel, breadth)
        let one = all.filter(\.scenario.isQuick).prefix(1)
        for writer in capabilities {
          for reader in capabilities
          where partners.isEmpty || partners.contains(writer.name) || partners.contains(reader.name) {
            let channelObstacle = obstacle(channel, writer, reader)
            let isBrief = isUsual && !wellMet.contains(writer.name) && !wellMet.contains(reader.name)
            let hasLong =
              !isUsual || !partners.isEmpty
              || channel.takesLongScenarios && [writer.name, reader.name].contains(Self.measure)
            for (scenario, rules) in isBrief && named.isEmpty ? one : all[...] {
              let name = CaseName(
                suite: suite.rawValue, channel: channel.description, pair: "\(writer.name)-\(reader.name)",
                scenario: scenario.name)
              guard globs.isEmpty || globs.contains(where: { $0.matches(name.description) }) else { continue }
              let isLeftOut = isBrief && scenario.name != one.first?.scenario.name || scenario.isLong && !hasLong
              guard !isLeftOut || named.contains(where: { $0.matches(name.description) }) else { continue }
              entries.append(
                Plan.Entry(
                  name: name,
                  obstacle: channelObstacle ?? obstacle(scenario, channel, writer, reader, isTapped), rules: rules,
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

  /// The globs that name a pair: who asks for one wants all its cases.
  private func naming(_ globs: [CaseGlob]) -> [CaseGlob] {
    guard !globs.isEmpty else { return [] }
    let pairs = capabilities.flatMap { writer in capabilities.map { "\(writer.name)-\($0.name)" } }
    return globs.filter { glob in
      glob.pattern.split(separator: "/").contains { part in
        part.contains(where: \.isLetter) && pairs.contains(where: CaseGlob(String(part)).matches)
      }
    }
  }

  /// The adapters that the usual plan pairs with everybody in every scenario; all if empty.
  ///
  /// With them every adapter meets every scenario in both roles, and the plan grows with the number of adapters. All other
  /// pairs meet once on each channel.
  func wellMet(_ partners: [String]) -> Set<String> {
    let names = Set(capabilities.map(\.name))
    return names.intersection(Self.references).isEmpty ? [] : Self.references.union(partners)
  }

  /// The language that the project is written for, which is the measure of the others.
  private static let measure = "swift"
  /// It, and the one whose module the notes ask about.
  private static let references: Set = [measure, "python"]

  private func scenarios(
    _ suite: Suite, _ channel: Channel, _ breadth: Breadth
  ) -> [(scenario: Scenario, rules: [Requirement])] {
    let applicable = suite.scenarios.filter { $0.applies(channel) }
    let chosen = breadth == .quick ? Array(applicable.filter(\.isQuick).prefix(1)) : applicable
    return chosen.map { ($0, $0.requirements(on: channel)) }
  }

  private func obstacle(_ channel: Channel, _ writer: Capabilities, _ reader: Capabilities) -> Plan.Obstacle? {
    for adapter in writer.name == reader.name ? [writer] : [writer, reader] {
      if let obstacle = adapter.obstacle { return obstacle }
      if !adapter.transports.contains(channel.transport.rawValue) {
        return Plan.Obstacle(
          LackRecord(adapter: adapter.name, kind: .transport, name: channel.transport.rawValue))
      }
      if !adapter.framings.contains(channel.framing.rawValue) {
        return Plan.Obstacle(LackRecord(adapter: adapter.name, kind: .framing, name: channel.framing.rawValue))
      }
    }
    if let codec = channel.codec,
      let lacking = [writer, reader].first(where: { !$0.codecs.contains(codec.rawValue) })
    {
      return Plan.Obstacle(LackRecord(adapter: lacking.name, kind: .codec, name: codec.rawValue))
    }
    return nil
  }

  private func obstacle(
    _ scenario: Scenario, _ channel: Channel, _ writer: Capabilities, _ reader: Capabilities, _ isTapped: Bool
  ) -> Plan.Obstacle? {
    if let feature = scenario.feature, let lacking = [writer, reader].first(where: { !$0.features.contains(feature) }) {
      return Plan.Obstacle(LackRecord(adapter: lacking.name, kind: .feature, name: feature))
    }
    if let limit = scenario.limit, let name = channel.codec.map(limit.name),
      let limited = [writer, reader].first(where: { $0.limits.contains(name) })
    {
      return Plan.Obstacle(LackRecord(adapter: limited.name, kind: .limit, name: name))
    }
    guard scenario.needsTap && !isTapped else { return nil }
    return Plan.Obstacle(outcome: .notRun, reason: "the scenario needs the tap; leave --no-tap out")
  }
}
