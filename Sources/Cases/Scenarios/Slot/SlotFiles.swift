import WireFormats

extension Scenario {
  package static let slotMissingFile = Scenario(
    name: "missing-file", summary: "a reader without a file says missing, and works when there is one",
    checks: { _ in [.slotMissing, .slotMade] }, applies: isSlot,
    phases: { _, _ in [refusedReading(nil, .missing), slotGreeting] })

  package static let slotEmptyFile = Scenario(
    name: "empty-file", summary: "a reader refuses an empty file, and a writer makes it a slot",
    checks: { _ in [.slotShort, .slotExtended] }, applies: isSlot,
    phases: { _, _ in [refusedReading([], .malformed), slotGreeting] })

  package static let slotShortFile = Scenario(
    name: "short-file", summary: "a reader refuses a short file, and a writer makes it a slot",
    checks: { _ in [.slotShort, .slotExtended] }, applies: isSlot,
    phases: { _, _ in [refusedReading(Array("short".utf8), .malformed), slotGreeting] })

  private static func refusedReading(_ content: [UInt8]?, _ kind: ErrorKind) -> Phase {
    let file = content.map { [Step.makeSlot($0)] } ?? []
    return Phase(
      opensLink: false,
      steps: file + [.open(.reader, role: "read", .link, .error([kind]), kind == .missing ? .slotMissing : .slotShort)])
  }

  private static var slotGreeting: Phase {
    let text = Message("now there is one")
    return Phase(steps: [.send(.writer, text), .barrier, .receive(.reader, text), .checkSlot(image(text))])
  }
}
