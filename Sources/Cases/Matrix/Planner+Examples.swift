package import Journal

extension Planner {
  /// Plans the conversations of examples with every adapter as the peer.
  ///
  /// - Parameters:
  ///   - examples: the examples.
  ///   - breadth: with ``Breadth/quick`` one conversation for each example and pair; with ``Breadth/usual`` all with `swift`,
  ///     `python` and the partners, and one on each channel with every other adapter. A named example meets every adapter.
  ///   - globs: the cases to include; all if empty.
  ///   - partners: one of these adapters must take part; any if empty.
  /// - Returns: the cases, ordered by example, conversation, program and peer.
  package func entries(
    _ examples: [Example], breadth: Breadth, globs: [CaseGlob] = [], partners: [String] = []
  ) -> [Plan.Entry] {
    var entries: [Plan.Entry] = []
    let wellMet = breadth == .usual ? wellMet(partners) : []
    // The channels of each suite that an adapter of the usual plan has met already.
    var met: [String: Set<String>] = [:]
    for example in examples {
      let all = example.declaration.conversations
      for conversation in breadth == .quick ? Array(all.prefix(1)) : all {
        for program in example.programs {
          let peers = conversation.isAlone ? [nil] : peers(of: program, example.declaration.language)
          for peer in peers
          where partners.isEmpty || partners.contains(program.name) || peer.map({ partners.contains($0.name) }) ?? false
          {
            let entry = entry(example, conversation, program, peer)
            if let peer, !example.isNamed, !wellMet.isEmpty, !wellMet.contains(peer.name), peer.name != program.name,
              !met[peer.name, default: []].insert("\(example.suite) \(entry.name.channel)").inserted
            {
              continue
            }
            guard globs.isEmpty || globs.contains(where: { $0.matches(entry.name.description) }) else { continue }
            entries.append(entry)
          }
        }
      }
    }
    return entries
  }

  /// The peers of a program; of its language's versions only its own, because the others would add nothing.
  private func peers(of program: Example.Program, _ language: String) -> [Capabilities?] {
    capabilities.filter { adapter in
      let isVersion =
        adapter.name.hasPrefix(language) && adapter.name.dropFirst(language.count).allSatisfy(Self.isVersion)
      return !isVersion || adapter.name == program.name
    }
  }

  private static func isVersion(_ character: Character) -> Bool { character.isNumber || character == "." }

  private func entry(
    _ example: Example, _ conversation: ExampleDeclaration.Conversation, _ program: Example.Program,
    _ peer: Capabilities?
  ) -> Plan.Entry {
    let other = peer?.name ?? program.name
    let pair = conversation.example == .writer ? "\(program.name)-\(other)" : "\(other)-\(program.name)"
    let declaration = example.declaration
    let work = ExampleCase(
      conversation: conversation, folder: example.folder,
      command: [program.path ?? declaration.run[0]] + declaration.run.dropFirst(), program: program.name,
      peer: peer?.name)
    return Plan.Entry(
      name: CaseName(
        suite: example.suite, channel: conversation.channelName, pair: pair, scenario: conversation.name),
      obstacle: obstacle(declaration, conversation, program, peer), rules: work.rules, work: .example(work))
  }

  private func obstacle(
    _ declaration: ExampleDeclaration, _ conversation: ExampleDeclaration.Conversation, _ program: Example.Program,
    _ peer: Capabilities?
  ) -> Plan.Obstacle? {
    if program.path == nil {
      let cure = declaration.install.map { "; install it with: \($0)" } ?? "; put it on PATH"
      return Plan.Obstacle(
        outcome: .notRun,
        reason:
          "the example needs \(([declaration.run[0]] + (declaration.needs ?? [])).joined(separator: " and ")), which is not installed\(cure)"
      )
    }
    if let since = declaration.since, !program.version.isEmpty,
      program.version.lexicographicallyPrecedes(Example.Program.numbers(since))
    {
      return Plan.Obstacle(
        outcome: .unsupported,
        reason: "\(declaration.run.joined(separator: " ")) needs \(declaration.language) \(since)")
    }
    guard let peer else { return nil }
    if let obstacle = peer.obstacle { return obstacle }
    return conversation.lack(of: peer).map(Plan.Obstacle.init)
  }
}
