import AdapterProtocol
import WireFormats

/// Messages that are much cheaper to send than to read: each stands for more than any reply can say.
extension Scenario {
  static let expensiveMessages = Scenario(
    name: "expensive-messages", summary: "messages that would take much time or memory to read are refused before",
    isLong: true,
    checks: { _ in [.valueMemory, .valueTooLongForLine] },
    // The messages are not made to see whether there are any: they are long.
    applies: { ($0.codec == .json || $0.codec == .pickle) && $0.transport == .unix },
    phases: { channel, _ in
      messages(channel.codec ?? .json).map { bytes in
        let message = Message(bytes)
        return Phase(
          requirement: .valueMemory,
          steps: [
            .send(.writer, message),
            // What is too long for a line, or too large in itself: how it is found out first is the endpoint's choice.
            .receiveValue(.reader, .error([.usage, .tooLarge]), format: nil),
            .checkMemory(.reader, .resident, limit: 16 * bytes.count + (32 << 20)), .barrier,
          ])
      } + [.greeting]
    })

  private static func messages(_ codec: Codec) -> [[UInt8]] {
    switch codec {
    case .json: wideMessages + [manyDigits]
    case .pickle: [manyLists, manyNumbers, sharedNumber, sharedText]
    case .structure, .shareableList, .shareableList38: []
    }
  }

  private static let million = 1_000_000

  /// Made once: each takes longer than a usual case.
  private static let wideMessages = [
    wide("[[", "[],", "[]]]"), wide("[", "1,", "1]"), wide("{\"\":[", "{},", "{}]}"),
  ]

  private static func wide(_ head: String, _ item: String, _ tail: String) -> [UInt8] {
    Array((head + String(repeating: item, count: million) + tail).utf8)
  }

  /// A hundred numbers of 19,999 digits, each of which takes time that grows with the square of its length.
  private static let manyDigits = Array(
    "[\(repeatElement(String(repeating: "9", count: 19_999), count: 100).joined(separator: ","))]".utf8)

  /// A list of empty lists: one byte each.
  private static let manyLists =
    [0x80, 2, UInt8(ascii: "(")] + [UInt8](repeating: UInt8(ascii: "]"), count: million) + Array("l.".utf8)

  /// A list of small numbers: two bytes each.
  private static let manyNumbers =
    [0x80, 2] + Array("](".utf8) + (0..<million).flatMap { _ in [UInt8(ascii: "K"), 1] } + Array("e.".utf8)

  /// A number of 8192 bytes, which is put into a list 5000 times.
  private static let sharedNumber =
    [0x80, 2, 0x8b, 0, 0x20, 0, 0] + [UInt8](repeating: 0x7f, count: 8192) + Array("q\u{0}0](".utf8)
    + (0..<5000).flatMap { _ in [UInt8(ascii: "h"), 0] } + Array("e.".utf8)

  /// A text of 60,000 bytes, likewise.
  private static let sharedText =
    [0x80, 2, UInt8(ascii: "X"), 0x60, 0xea, 0, 0] + [UInt8](repeating: UInt8(ascii: "x"), count: 60_000)
    + Array("q\u{0}0](".utf8) + (0..<million).flatMap { _ in [UInt8(ascii: "h"), 0] } + Array("e.".utf8)
}
