package import WireFormats

/// What a message turned out to be.
package enum Content: Equatable, Sendable {
  /// A part of Python's handshake.
  case handshake(HandshakeMessage)
  /// A value, and the name of the codec that read it.
  case value(Value, codec: String)
  /// UTF-8 without control characters.
  case text(String)
  /// Anything else.
  case binary
  /// Not what the codec that was asked for can read, and why.
  case unreadable(codec: String, reason: String)

  /// Reads a message; nothing in it is ever executed.
  ///
  /// - Parameters:
  ///   - payload: the whole message.
  ///   - choice: how to read it.
  ///   - answersChallenge: whether the other side has posed a challenge of Python's handshake.
  package init(_ payload: [UInt8], as choice: CodecChoice, answersChallenge: Bool = false) {
    if choice != .hex, let message = HandshakeMessage(payload, answersChallenge: answersChallenge) {
      self = .handshake(message)
      return
    }
    switch choice {
    case .hex: self = .binary
    case .text: self = Self.text(payload) ?? .unreadable(codec: "text", reason: "It is not UTF-8 text.")
    case .named(let codec, let format):
      do {
        self = .value(try codec.decode(payload, format: format), codec: codec.rawValue)
      } catch {
        self = .unreadable(codec: codec.rawValue, reason: error.message)
      }
    case .auto:
      self = Self.pickle(payload) ?? Self.json(payload) ?? Self.text(payload) ?? .binary
    }
  }

  /// The name of what it is, such as `pickle`.
  package var name: String {
    switch self {
    case .handshake: "handshake"
    case .value(_, let codec): codec
    case .text: "text"
    case .binary: "binary"
    case .unreadable: "unreadable"
    }
  }

  /// How many bits of evidence it is that somebody has cut the stream here on purpose.
  var evidence: Double {
    switch self {
    case .handshake: 60
    case .value(_, "pickle"): 24
    case .value(_, "json"): 20
    case .value: 6
    case .text(let text): Double(min(text.utf8.count, 12))
    case .binary, .unreadable: 0
    }
  }

  /// A pickle of any protocol.
  ///
  /// Protocols 2 to 5 say so at their start. Older ones begin with an opcode that text could begin with as well, so only
  /// containers, numbers and objects count.
  private static func pickle(_ payload: [UInt8]) -> Content? {
    guard payload.count >= 4, payload.last == UInt8(ascii: ".") else { return nil }
    let isMarked = payload[0] == 0x80 && (2...5).contains(payload[1])
    guard isMarked || "(]}cI".utf8.contains(payload[0]) else { return nil }
    return (try? Codec.pickle.decode(payload)).map { .value($0, codec: "pickle") }
  }

  /// Objects and lists: a bare number or word is text as well.
  private static func json(_ payload: [UInt8]) -> Content? {
    guard let first = payload.first(where: { !$0.isBlank }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return nil }
    return (try? Codec.json.decode(payload)).map { .value($0, codec: "json") }
  }

  private static func text(_ payload: [UInt8]) -> Content? {
    guard payload.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0.isBlank || $0 == 0x1b }) else {
      return nil
    }
    return String(validating: payload, as: UTF8.self).map { .text($0) }
  }
}

extension UInt8 {
  /// Whether it is a space, tab, line feed or carriage return.
  fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0a || self == 0x0d }
}
