import Journal

/// Text inside GitHub's Markdown.
enum MarkdownText {
  /// Text in which nothing means anything to Markdown or HTML, on one line.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.harmless.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\n", "\t": result += " "
      // As entities, which no extension of Markdown takes for its own: mentions and links to issues among them.
      case "\\", "`", "*", "_", "[", "]", "(", ")", "|", "~", "#", "@", "!", ":", "$", "{", "}":
        result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text as code within a line.
  static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

  /// Text as a block of code; its fence is longer than any in the text.
  static func block(_ text: String) -> String {
    let text = text.harmless
    var longest = 0
    var length = 0
    for byte in text.utf8 {
      length = byte == UInt8(ascii: "`") ? length + 1 : 0
      longest = max(longest, length)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }

  /// A table.
  static func table(header: [String], rows: [[String]]) -> String {
    ([header, header.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}
