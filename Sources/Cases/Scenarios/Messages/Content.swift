import AdapterProtocol
import WireFormats

extension Scenario {
  package static let everyPlane = Scenario(
    name: "every-plane", summary: "text with characters of every plane of Unicode",
    checks: { _ in [.messageIsBytes, .replyHexLowerCase] },
    applies: \.traits.carriesMessages,
    phases: { _, _ in
      // Planes 0 to 16: a letter, an accent, a noncharacter's neighbour, and the last scalar that may be assigned.
      let planes = (0...16).compactMap { Unicode.Scalar(UInt32($0) << 16 + 0xfffd) }
      let text = "aé漢\u{301}\u{feff}😀" + String(String.UnicodeScalarView(planes))
      return [Phase(steps: [.send(.writer, Message(text)), .receive(.reader, Message(text))])]
    })

  package static let everyByte = Scenario(
    name: "every-byte", summary: "bytes with all 256 values; all but the line feed in a line",
    checks: { _ in [.messageIsBytes, .replyHexLowerCase] },
    applies: \.traits.carriesMessages,
    phases: { channel, _ in
      let bytes = (UInt8.min...UInt8.max).filter { channel.framing != .line || $0 != 0x0a }
      return [Phase(steps: [.send(.writer, Message(bytes)), .receive(.reader, Message(bytes))])]
    })
}
