/// The line format of commands and replies: words separated by single spaces, values percent-encoded.
///
/// Section 1 of `interop/PROTOCOL.md` defines the grammar.
enum ProtocolLine {
  /// Splits a line into its words.
  static func words(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
  }

  /// Parses `key=value` words, in order.
  static func fields(_ words: ArraySlice<ArraySlice<UInt8>>) throws(ProtocolError) -> [Field] {
    var fields: [Field] = []
    fields.reserveCapacity(words.count)
    for word in words {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else {
        throw ProtocolError(.notAField(text(word)))
      }
      let key = word[..<equals]
      guard isName(key) else { throw ProtocolError(.notAKey(text(key))) }
      let name = text(key)
      guard !fields.contains(where: { $0.key == name }) else { throw ProtocolError(.repeatedKey(name)) }
      fields.append(Field(key: name, value: try decoded(word[(equals + 1)...], key: name)))
    }
    return fields
  }

  static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
  }

  static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  static func append(_ fields: [Field], to line: inout [UInt8]) {
    for field in fields {
      line.append(UInt8(ascii: " "))
      line.append(contentsOf: field.key.utf8)
      line.append(UInt8(ascii: "="))
      appendEncoded(field.value, to: &line)
    }
  }

  private static let isPlain: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~".utf8 {
      table[Int(byte)] = true
    }
    return table
  }()

  private static func appendEncoded(_ value: [UInt8], to line: inout [UInt8]) {
    let plain = isPlain
    // A long value is a message in hex.
    if value.allSatisfy({ plain[Int($0)] }) {
      line += value
      return
    }
    for byte in value {
      if plain[Int(byte)] {
        line.append(byte)
      } else {
        line.append(UInt8(ascii: "%"))
        line.append("0123456789ABCDEF".utf8[digit: byte >> 4])
        line.append("0123456789ABCDEF".utf8[digit: byte & 15])
      }
    }
  }

  private static func decoded(_ value: ArraySlice<UInt8>, key: String) throws(ProtocolError) -> [UInt8] {
    let plain = isPlain
    var bytes: [UInt8] = []
    bytes.reserveCapacity(value.count)
    var index = value.startIndex
    while index < value.endIndex {
      let byte = value[index]
      if plain[Int(byte)] {
        bytes.append(byte)
        index += 1
      } else if byte == UInt8(ascii: "%"), index + 2 < value.endIndex,
        let high = hexValue(value[index + 1]), let low = hexValue(value[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        throw ProtocolError(.badByte(byte, key: key))
      }
    }
    return bytes
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init)
  }
}

extension String.UTF8View {
  fileprivate subscript(digit value: UInt8) -> UInt8 { self[index(startIndex, offsetBy: Int(value))] }
}

/// One `key=value` of a command or reply, with its value decoded.
public struct Field: Equatable, Sendable {
  /// The key.
  public var key: String
  /// The value's bytes.
  public var value: [UInt8]

  /// Creates a field from bytes.
  public init(key: String, value: [UInt8]) {
    self.key = key
    self.value = value
  }

  /// Creates a field from text.
  public init(_ key: String, _ value: String) {
    self.init(key: key, value: Array(value.utf8))
  }
}
