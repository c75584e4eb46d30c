/// A pattern over case names: `*` matches within a part, `**` across parts, every other character itself.
///
/// ```swift
/// CaseGlob("messages/unix+*/*/greeting").matches("messages/unix+line/swift-python/greeting")  // true
/// CaseGlob("**/size-*").matches("messages/unix+line/swift-python/size-16")                    // true
/// ```
public struct CaseGlob: Sendable, Equatable {
  private enum Token: Equatable {
    case byte(UInt8)
    case withinPart
    case acrossParts
  }

  /// The pattern as it was written.
  public let pattern: String
  private let tokens: [Token]
  /// What stands before the first star and after the last one: most names are told by them alone.
  private let head: [UInt8]
  private let tail: [UInt8]

  /// Reads a pattern; every text is one.
  public init(_ pattern: String) {
    self.pattern = pattern
    var tokens: [Token] = []
    for byte in pattern.utf8 {
      if byte != UInt8(ascii: "*") {
        tokens.append(.byte(byte))
      } else if tokens.last == .withinPart || tokens.last == .acrossParts {
        tokens[tokens.count - 1] = .acrossParts
      } else {
        tokens.append(.withinPart)
      }
    }
    self.tokens = tokens
    let bytes = Array(pattern.utf8)
    head = Array(bytes.prefix { $0 != UInt8(ascii: "*") })
    tail = Array(bytes.reversed().prefix { $0 != UInt8(ascii: "*") }.reversed())
  }

  /// Whether the whole of a name fits the pattern.
  public func matches(_ name: String) -> Bool {
    guard hasStar else { return name == pattern }
    guard name.utf8.starts(with: head), name.utf8.reversed().starts(with: tail.reversed()) else { return false }
    // All token positions that the text so far can have led to: never slower than pattern times text.
    var positions = [Bool](repeating: false, count: tokens.count + 1)
    positions[0] = true
    skipStars(&positions)
    for byte in name.utf8 {
      var next = [Bool](repeating: false, count: tokens.count + 1)
      for (index, token) in tokens.enumerated() where positions[index] {
        switch token {
        case .byte(byte): next[index + 1] = true
        case .withinPart where byte != UInt8(ascii: "/"): next[index] = true
        case .acrossParts: next[index] = true
        default: break
        }
      }
      skipStars(&next)
      positions = next
    }
    return positions[tokens.count]
  }

  private var hasStar: Bool { tokens.contains(.withinPart) || tokens.contains(.acrossParts) }

  /// A star may match nothing.
  private func skipStars(_ positions: inout [Bool]) {
    for index in tokens.indices
    where positions[index] && (tokens[index] == .withinPart || tokens[index] == .acrossParts) {
      positions[index + 1] = true
    }
  }
}
