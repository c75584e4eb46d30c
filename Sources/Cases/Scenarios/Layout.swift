package import AdapterProtocol

extension Scenario {
  /// How the two languages lay the same record out in memory: what every struct mismatch comes down to.
  package static let layouts: [Scenario] = ["mixed", "mixed-packed", "arrays", "bools", "point", "nested"].map { name in
    Scenario(
      name: name, summary: "size, alignment and offsets of the record \(name)", feature: "layout",
      checks: { _ in [.layoutVerb, .layoutForm] },
      // Records meet where memory is shared.
      applies: { $0.transport == .fileSlot },
      phases: { _, vectors throws(HarnessError) in
        guard let layout = vectors.layouts.first(where: { $0.record == name }) else {
          throw HarnessError("interop/vectors/layouts.yml has no record \(name); add it.")
        }
        return [Phase(opensLink: false, steps: [.layout(layout)])]
      })
  }
}

extension GoldenVectors.Layout {
  /// The fields of the reply that the record must have.
  package var reply: [Field] {
    let places = fields.map { "\($0.name):\(offsets[$0.name] ?? -1)" }
    return [
      Field("size", String(size)), Field("alignment", String(alignment)),
      Field("offsets", places.joined(separator: ",")),
    ]
  }
}
