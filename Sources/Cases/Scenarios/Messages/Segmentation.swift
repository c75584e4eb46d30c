import AdapterProtocol
import WireFormats

extension Scenario {
  package static let oneByteAtATime = Scenario(
    name: "one-byte-at-a-time", summary: "the tap delivers single bytes", needsTap: true,
    checks: { _ in [.anySegmentation, .receiveOneMessage] }, applies: \.traits.isStream,
    phases: { _, _ in
      let messages = ["hello", "", "other side"].map(Message.init)
      return [
        Phase(
          faults: [.writer: Bytewise()], requirement: .anySegmentation,
          steps: messages.map { .send(.writer, $0) } + messages.map { .receive(.reader, $0) })
      ]
    })

  package static let cutInPrefix = Scenario(
    name: "cut-in-prefix", summary: "the tap cuts at every place inside the length prefix", needsTap: true,
    checks: { _ in [.anySegmentation, .receiveOneMessage] }, applies: { $0.traits.isStream && $0.framing != .line },
    phases: { channel, vectors throws(HarnessError) in
      // Long enough for a varint of two bytes.
      let message = Message(length: 300)
      let frame = try ExpectedFrame(message, in: channel, vectors)
      return [
        Phase(
          faults: [.writer: Cut(at: Array(1..<frame.prefix.count))], requirement: .anySegmentation,
          steps: [.send(.writer, message), .receive(.reader, message)])
      ]
    })

  package static let cutInCharacter = Scenario(
    name: "cut-in-character", summary: "the tap cuts inside a UTF-8 character", needsTap: true,
    checks: { _ in [.anySegmentation, .receiveOneMessage] }, applies: \.traits.isStream,
    phases: { channel, vectors throws(HarnessError) in
      let text = "né, 漢字, 😀"
      let frame = try ExpectedFrame(Message(text), in: channel, vectors)
      let cuts = text.utf8.enumerated().filter { $0.element & 0xc0 == 0x80 }.map { frame.prefix.count + $0.offset }
      return [
        Phase(
          faults: [.writer: Cut(at: cuts)], requirement: .anySegmentation,
          steps: [.send(.writer, Message(text)), .receive(.reader, Message(text))])
      ]
    })

  package static let heldBack = Scenario(
    name: "held-back", summary: "the tap holds five messages back and delivers them at once", needsTap: true,
    checks: { _ in [.anySegmentation, .receiveOneMessage] }, applies: \.traits.isStream,
    phases: { channel, vectors throws(HarnessError) in
      let messages = (1...5).map { Message("held \($0)") }
      var total = 0
      for message in messages { total += try ExpectedFrame(message, in: channel, vectors).count }
      return [
        Phase(
          faults: [.writer: Hold(until: total)], requirement: .anySegmentation,
          steps: messages.map { .send(.writer, $0) } + messages.map { .receive(.reader, $0) })
      ]
    })
}
