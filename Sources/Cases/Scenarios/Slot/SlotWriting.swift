import AdapterProtocol
import WireFormats

extension Scenario {
  package static let slotWriteRead = Scenario(
    name: "write-read", summary: "a text is written, then read, and read again", isQuick: true,
    checks: { _ in [.slotText, .slotAtOnce] }, applies: isSlot,
    phases: { _, _ in
      let text = Message("msg 1")
      return [Phase(steps: [.send(.writer, text), .barrier, .receive(.reader, text), .receive(.reader, text)])]
    })

  package static let slotShorterAfterLonger = Scenario(
    name: "shorter-after-longer", summary: "nothing of a longer text stays behind a shorter one",
    checks: { _ in [.slotReplaced] }, applies: isSlot,
    phases: { _, _ in
      let (long, short) = (Message("a much longer message than the next"), Message("short"))
      return [
        Phase(steps: [
          .send(.writer, long), .barrier, .receive(.reader, long), .barrier, .send(.writer, short), .barrier,
          .receive(.reader, short), .checkSlot(image(short)),
        ])
      ]
    })

  package static let slotExactlyFull = Scenario(
    name: "exactly-full", summary: "a text of all 1024 bytes",
    checks: { _ in [.slotText] }, applies: isSlot,
    phases: { _, _ in
      let text = Message(length: 1024)
      return [
        Phase(steps: [.send(.writer, text), .barrier, .receive(.reader, text), .checkSlot(text.payload)])
      ]
    })

  package static let slotOneByteTooMany = Scenario(
    name: "one-byte-too-many", summary: "1025 bytes are refused and the file is unchanged",
    checks: { _ in [.slotTooLong] }, applies: isSlot,
    phases: { _, _ in
      let text = Message("before")
      return [
        Phase(steps: [
          .send(.writer, text), .refuse(.writer, Message(length: 1025), .tooLarge), .barrier, .receive(.reader, text),
          .checkSlot(image(text)),
        ])
      ]
    })

  package static let slotNulInText = Scenario(
    name: "nul-in-text", summary: "a text with a NUL is refused and the file is unchanged",
    checks: { _ in [.slotNul] }, applies: isSlot,
    phases: { _, _ in
      let text = Message("before")
      return [
        Phase(steps: [
          .send(.writer, text), .refuse(.writer, Message("a\0b"), .malformed), .barrier, .receive(.reader, text),
          .checkSlot(image(text)),
        ])
      ]
    })

  package static func isSlot(_ channel: Channel) -> Bool { channel.transport == .fileSlot }

  /// The slot's file with a text in it: written out here, since the slot has no vectors of its own but this rule.
  package static func image(_ text: Message) -> [UInt8] {
    text.payload + [UInt8](repeating: 0, count: 1024 - text.payload.count)
  }
}
