/// A pattern over case names: `*` matches within a part, `**` across parts, `{a,b}` either of some texts, every other character itself.
///
/// A pattern that fits the first parts of a name, whole, fits the name: `messages/unix+line` names every case below it.
///
/// ```swift
/// CaseGlob("messages/unix+*/*/greeting").matches("messages/unix+line/swift-python/greeting")  // true
/// CaseGlob("**/size-{1,16}").matches("messages/unix+line/swift-python/size-16")               // true
/// CaseGlob("messages").matches("messages/unix+line/swift-python/size-16")                     // true
/// ```
public struct CaseGlob: Sendable, Equatable {
  private enum Token: Equatable {
    case byte(UInt8)
    case withinPart
    case acrossParts
    /// Goes on at each of these places: the texts between braces.
    case either([Int])
    /// Goes on at a place: the end of the braces.
    case goOn(Int)
  }

  /// The pattern as it was written.
  public let pattern: String
  private let tokens: [Token]
  /// What stands before the first star or brace: most names are told by it alone.
  private let head: [UInt8]
  /// What stands after the last star, backwards, by which most other names are told; empty with braces.
  private let tail: [UInt8]
  private let isPlain: Bool

  /// Reads a pattern; every text is one.
  public init(_ pattern: String) {
    self.pattern = pattern
    var bytes = Array(pattern.utf8)
    // A folder may be written with its slash.
    if bytes.last == UInt8(ascii: "/"), bytes.count > 1 { bytes.removeLast() }
    var tokens: [Token] = []
    Self.append(bytes[...], to: &tokens)
    self.tokens = tokens
    head = Array(bytes.prefix { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "{") })
    isPlain = head.count == bytes.count
    tail =
      isPlain || bytes.contains(UInt8(ascii: "{")) ? [] : Array(bytes.reversed().prefix { $0 != UInt8(ascii: "*") })
  }

  /// Whether the pattern names one text, without a star or braces.
  public static func isPlain(_ pattern: String) -> Bool { CaseGlob(pattern).isPlain }

  /// Whether the whole of a name, or the first of its parts, fits the pattern.
  public func matches(_ name: String) -> Bool {
    let bytes = name.utf8
    guard bytes.starts(with: head) else { return false }
    if isPlain {
      let rest = bytes.dropFirst(head.count).first
      return rest == nil || rest == UInt8(ascii: "/") && !head.isEmpty
    }
    guard hasTail(bytes) else { return false }
    // All token positions that the text so far can have led to: never slower than pattern times text.
    var positions = [Bool](repeating: false, count: tokens.count + 1)
    var next = positions
    positions[0] = true
    follow(&positions)
    var isFirst = true
    for byte in bytes {
      if byte == UInt8(ascii: "/"), positions[tokens.count], !isFirst { return true }
      isFirst = false
      for index in next.indices { next[index] = false }
      var isAlive = false
      for (index, token) in tokens.enumerated() where positions[index] {
        switch token {
        case .byte(byte): next[index + 1] = true
        case .withinPart where byte != UInt8(ascii: "/"): next[index] = true
        case .acrossParts: next[index] = true
        default: continue
        }
        isAlive = true
      }
      guard isAlive else { return false }
      follow(&next)
      swap(&positions, &next)
    }
    return positions[tokens.count]
  }

  /// Whether the name, or some of its first parts, ends with the tail.
  private func hasTail(_ bytes: String.UTF8View) -> Bool {
    if tail.isEmpty || bytes.reversed().starts(with: tail) { return true }
    var rest = bytes[...]
    while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
      rest = rest[..<slash]
      if rest.reversed().starts(with: tail) { return true }
    }
    return false
  }

  /// Adds the positions that need no byte: a star may match nothing, and braces lead to each of their texts.
  private func follow(_ positions: inout [Bool]) {
    for index in tokens.indices where positions[index] {
      switch tokens[index] {
      case .withinPart, .acrossParts: positions[index + 1] = true
      case .either(let places): for place in places { positions[place] = true }
      case .goOn(let place): positions[place] = true
      case .byte: break
      }
    }
  }

  // MARK: Reading

  private static func append(_ bytes: ArraySlice<UInt8>, to tokens: inout [Token]) {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "{"), let texts = texts(in: bytes[index...]) {
        append(texts, to: &tokens)
        index = texts[texts.count - 1].endIndex + 1
        continue
      }
      if byte != UInt8(ascii: "*") {
        tokens.append(.byte(byte))
      } else if tokens.last == .withinPart || tokens.last == .acrossParts {
        tokens[tokens.count - 1] = .acrossParts
      } else {
        tokens.append(.withinPart)
      }
      index += 1
    }
  }

  private static func append(_ texts: [ArraySlice<UInt8>], to tokens: inout [Token]) {
    let fork = tokens.count
    var (starts, ends): ([Int], [Int]) = ([], [])
    tokens.append(.either([]))
    for text in texts {
      starts.append(tokens.count)
      append(text, to: &tokens)
      ends.append(tokens.count)
      tokens.append(.goOn(0))
    }
    tokens[fork] = .either(starts)
    for end in ends { tokens[end] = .goOn(tokens.count) }
  }

  /// The texts between braces, which begin here; nil if they do not end, so that the brace stands for itself.
  private static func texts(in bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    var (texts, depth, start): ([ArraySlice<UInt8>], Int, Int) = ([], 0, bytes.startIndex + 1)
    for (index, byte) in zip(bytes.indices, bytes) {
      switch byte {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}") where depth == 1: return texts + [bytes[start..<index]]
      case UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ",") where depth == 1:
        texts.append(bytes[start..<index])
        start = index + 1
      default: break
      }
    }
    return nil
  }
}
