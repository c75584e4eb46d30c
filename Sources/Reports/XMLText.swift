/// Text inside XML.
enum XMLText {
  /// Text with everything escaped that XML gives a meaning, also within an attribute.
  ///
  /// XML 1.0 has no way at all to write most control characters, so they become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(text.unicodeScalars.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": result.append(scalar)
      case "\u{fffe}", "\u{ffff}": result.append("\u{fffd}")
      default: result.append(scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar)
      }
    }
    return String(result)
  }

  /// Text for an attribute, in which a parser would make a space of a line feed.
  static func attribute(_ text: String) -> String {
    escaped(text).replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
  }
}
