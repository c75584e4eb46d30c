import WireFormats

/// A message of the handshake of Python's `multiprocessing.connection`, by which two processes prove that they have the same key.
///
/// CPython 3.12 and later name the digest in braces; earlier versions send 20 bytes and are answered with 16, HMAC-MD5.
package enum HandshakeMessage: Equatable, Sendable {
  /// Bytes that the other side must answer; nil names no digest.
  case challenge(digest: String?, length: Int)
  /// The answer to a challenge.
  case answer(digest: String?, length: Int)
  /// The answer was right.
  case welcome
  /// The answer was wrong.
  case failure

  /// The largest message of a handshake in bytes.
  private static let largest = 256
  /// How a challenge begins.
  static let mark = Array("#CHALLENGE#".utf8)

  /// Reads a message.
  ///
  /// - Parameters:
  ///   - payload: the message.
  ///   - answersChallenge: whether the other side has posed a challenge that is not answered yet.
  package init?(_ payload: [UInt8], answersChallenge: Bool = false) {
    guard payload.count <= Self.largest else { return nil }
    if payload == Array("#WELCOME#".utf8) {
      self = .welcome
    } else if payload == Array("#FAILURE#".utf8) {
      self = .failure
    } else if payload.starts(with: Self.mark) {
      let (digest, rest) = Self.digest(payload.dropFirst(Self.mark.count))
      self = .challenge(digest: digest, length: rest)
    } else {
      let (digest, rest) = Self.digest(payload[...])
      guard answersChallenge, digest != nil || rest == 16 else { return nil }
      self = .answer(digest: digest, length: rest)
    }
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) -> (name: String?, rest: Int) {
    guard bytes.first == UInt8(ascii: "{"), let end = bytes.prefix(12).firstIndex(of: UInt8(ascii: "}")) else {
      return (nil, bytes.count)
    }
    let name = bytes[(bytes.startIndex + 1)..<end]
    let isName = name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f }
    guard isName, !name.isEmpty else { return (nil, bytes.count) }
    return (String(decoding: name, as: UTF8.self), bytes.count - name.count - 2)
  }

  /// What it is, in words.
  package var words: String {
    switch self {
    case .challenge(let digest, let length):
      "Python's handshake: challenge of \(length) bytes, to be answered with \(digest.map { "{\($0)}" } ?? "HMAC-MD5")"
    case .answer(let digest, let length):
      "Python's handshake: answer, \(length) bytes of \(digest.map { "{\($0)}" } ?? "HMAC-MD5")"
    case .welcome: "Python's handshake: welcome, the key is right"
    case .failure: "Python's handshake: failure, the keys differ"
    }
  }
}
