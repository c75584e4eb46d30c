import Cases
import Runner

/// Bytes for people: as text where they are text, and in hexadecimal.
enum ByteDump {
  /// How many bytes are shown.
  private static let limit = 48

  /// Shows the first bytes.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    guard !bytes.isEmpty else { return "(nothing)" }
    var lines: [String] = []
    var rest = Array(bytes.prefix(limit))[...]
    while !rest.isEmpty {
      let row = rest.prefix(16)
      let digits = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
      let letters = row.map { (0x20...0x7e).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
      lines.append("\(digits)  |\(letters)|")
      rest = rest.dropFirst(16)
    }
    if bytes.count > limit { lines.append("… \(bytes.count) bytes") }
    return lines.joined(separator: "\n")
  }
}
