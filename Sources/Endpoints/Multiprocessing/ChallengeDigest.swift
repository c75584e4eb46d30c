import Crypto

/// The digests by which Python's `multiprocessing.connection` proves that it has the key.
///
/// The raw values are the names in the `{name}` before a challenge and a reply. CPython up to 3.11 knows MD5 alone and
/// writes no name.
enum ChallengeDigest: String, CaseIterable, Sendable {
  case md5
  case sha256
  case sha384
  case sha3x256 = "sha3_256"
  case sha3x384 = "sha3_384"

  /// The digest that bytes name at their start, as in `{sha256}…`; nil if they name none of these.
  init?(namedBy bytes: [UInt8]) {
    guard bytes.first == UInt8(ascii: "{"), let end = bytes.firstIndex(of: UInt8(ascii: "}")) else { return nil }
    self.init(rawValue: String(decoding: bytes[1..<end], as: UTF8.self))
  }

  /// The name in braces.
  var prefix: [UInt8] { Array("{\(rawValue)}".utf8) }

  /// The keyed digest of a message; nil where the system has no such digest.
  func code(of message: [UInt8], key: [UInt8]) -> [UInt8]? {
    switch self {
    case .md5: Self.code(HMAC<Insecure.MD5>.self, message, key)
    case .sha256: Self.code(HMAC<SHA256>.self, message, key)
    case .sha384: Self.code(HMAC<SHA384>.self, message, key)
    case .sha3x256: if #available(macOS 26.0, *) { Self.code(HMAC<SHA3_256>.self, message, key) } else { nil }
    case .sha3x384: if #available(macOS 26.0, *) { Self.code(HMAC<SHA3_384>.self, message, key) } else { nil }
    }
  }

  /// Whether a code is the keyed digest of a message; takes as long for a wrong code as for a right one.
  func isCode(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
    switch self {
    case .md5: Self.isCode(HMAC<Insecure.MD5>.self, code, message, key)
    case .sha256: Self.isCode(HMAC<SHA256>.self, code, message, key)
    case .sha384: Self.isCode(HMAC<SHA384>.self, code, message, key)
    case .sha3x256:
      if #available(macOS 26.0, *) { Self.isCode(HMAC<SHA3_256>.self, code, message, key) } else { false }
    case .sha3x384:
      if #available(macOS 26.0, *) { Self.isCode(HMAC<SHA3_384>.self, code, message, key) } else { false }
    }
  }

  private static func code<Digest>(_ type: HMAC<Digest>.Type, _ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
    Array(HMAC<Digest>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }

  private static func isCode<Digest>(
    _ type: HMAC<Digest>.Type, _ code: [UInt8], _ message: [UInt8], _ key: [UInt8]
  ) -> Bool {
    HMAC<Digest>.isValidAuthenticationCode(code, authenticating: message, using: SymmetricKey(data: key))
  }
}
