extension String {
  /// The text as one word of a shell command, in quotation marks: whatever is in it, the shell takes it literally.
  public var quotedForShell: String {
    guard harmless == self, !contains("\n"), !contains("\t") else {
      // Such characters must not reach a terminal, so they are spelled out; bash, zsh and POSIX 2024 understand this form.
      let bytes = utf8.map { byte -> String in
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x20...0x7e: String(UnicodeScalar(byte))
        // Three octal digits, because a longer hexadecimal number would take the next character along.
        default: "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0) + String(byte, radix: 8)
        }
      }
      return "$'\(bytes.joined())'"
    }
    // By scalars: an apostrophe with a combining mark is another Character, but the same byte to the shell.
    let parts = unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }
    return "'" + parts.joined(separator: "'\\''") + "'"
  }

  /// The text as one word of a shell command, without quotation marks if it needs none.
  public var shellWord: String {
    !isEmpty && utf8.allSatisfy(Self.isPlain) ? self : quotedForShell
  }

  /// The words of a command as the shell takes them; nil if it is anything but words, plain or quoted as ``shellWord`` does.
  public var shellWords: [String]? {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: " "):
        if let ended = word { words.append(ended) }
        word = nil
      case UInt8(ascii: "'"):
        guard let end = rest.firstIndex(of: byte) else { return nil }
        word = (word ?? []) + rest[..<end]
        rest = rest[(end + 1)...]
      case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "'"):
        word = (word ?? []) + [rest.removeFirst()]
      case UInt8(ascii: "$") where rest.first == UInt8(ascii: "'"):
        rest.removeFirst()
        guard let bytes = Self.takeSpelled(from: &rest) else { return nil }
        word = (word ?? []) + bytes
      case _ where Self.isPlain(byte): word = (word ?? []) + [byte]
      default: return nil
      }
    }
    if let word { words.append(word) }
    return words.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Takes the bytes up to the end of what `$'` began; nil if they are not spelled as ``quotedForShell`` does.
  private static func takeSpelled(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "'") { return bytes }
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      guard let next = rest.popFirst() else { return nil }
      if next == UInt8(ascii: "'") || next == byte {
        bytes.append(next)
        continue
      }
      let digits = [next] + rest.prefix(2)
      guard let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return nil
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || "/._-+=:,@%".utf8.contains(byte)
  }

  /// The text without what steers a terminal or changes the order in which text is shown.
  ///
  /// Control characters other than line feeds and tabs, line and paragraph separators, and the marks of bidirectional text
  /// (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) become U+FFFD.
  public var harmless: String {
    guard unicodeScalars.contains(where: Self.isHarmful) else { return self }
    var scalars = String.UnicodeScalarView()
    for scalar in unicodeScalars { scalars.append(Self.isHarmful(scalar) ? "\u{fffd}" : scalar) }
    return String(scalars)
  }

  private static func isHarmful(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0a: false
    case 0x00...0x1f, 0x7f...0x9f, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
