package import Cases
import Foundation
import Journal
import Yams

extension Baseline {
  /// Reads a baseline.
  ///
  /// ```yaml
  /// known-failures:
  ///   - case: messages/unix+line/swift-ruby/size-*
  ///     reason: the buffer of an old version is too small
  ///     link: https://example.org/issues/7     # optional
  ///     contains: too-large                    # optional: text that the failure must contain
  /// flaky:
  ///   - case: "**/fifo+*/ruby-ruby/burst"
  ///     reason: open races with close
  ///     retries: 2
  /// ```
  ///
  /// - Throws: ``HarnessError`` that names the file, the line and the fix.
  package init(contentsOf path: String) throws(HarnessError) {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw HarnessError(
        "Cannot read the baseline \(path): it does not exist or is not UTF-8 text. parley baseline update creates one.",
        isUsage: true)
    }
    try self.init(text: text, file: path)
  }

  /// Reads a baseline from its text.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: the path for errors and the journal.
  /// - Throws: ``HarnessError`` that names the file, the line and the fix.
  package init(text: String, file: String) throws(HarnessError) {
    let layout = try BaselineLayout(text: text, file: file)
    var digest = Digest()
    digest.add(text)
    self.init(
      file: file, known: layout.known.map(\.entry), flaky: layout.flaky.map(\.entry), digest: digest.text)
  }
}

/// The entries of a baseline with their positions in its text, for both reading and editing.
struct BaselineLayout {
  /// An entry and its position.
  struct Item {
    var entry: Baseline.Entry
    /// The position of the name or glob; line and column from 1.
    var caseMark: Mark
    /// Whether the entry is written in braces.
    var isFlow: Bool
  }

  /// One of the two lists.
  struct List {
    /// The line of its key, from 1.
    var keyLine: Int
    var isFlow: Bool
    var items: [Item]
  }

  static let knownKey = "known-failures"
  static let flakyKey = "flaky"

  var knownList: List?
  var flakyList: List?
  /// The lines of the top-level keys, in order, from 1.
  var keyLines: [Int] = []

  var known: [Item] { knownList?.items ?? [] }
  var flaky: [Item] { flakyList?.items ?? [] }

  private let file: String
  private let lines: [Substring.UTF8View]

  init(text: String, file: String) throws(HarnessError) {
    self.file = file
    lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { Substring($0).utf8 }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw Self.unreadable(error, file)
    }
    guard let root, root.null != NSNull() else { return }
    guard let top = root.mapping else {
      throw Self.error(
        file, root.mark, "a baseline is a mapping with the lists \(Self.knownKey) and \(Self.flakyKey)")
    }
    for (key, value) in top {
      keyLines.append(key.mark?.line ?? 1)
      switch key.string {
      case Self.knownKey: knownList = try list(key, value, isFlaky: false)
      case Self.flakyKey: flakyList = try list(key, value, isFlaky: true)
      default: throw Self.unknown(file, key, known: [Self.knownKey, Self.flakyKey])
      }
    }
  }

  private func list(_ key: Node, _ value: Node, isFlaky: Bool) throws(HarnessError) -> List {
    var list = List(keyLine: key.mark?.line ?? 1, isFlow: false, items: [])
    if value.null == NSNull() { return list }
    guard let sequence = value.sequence else {
      throw Self.error(
        file, value.mark, "\(key.string ?? "") must be a list of entries, each beginning with \"- case:\"")
    }
    list.isFlow = begins(value, with: "[")
    for node in sequence { list.items.append(try item(node, isFlaky: isFlaky)) }
    return list
  }

  private func item(_ node: Node, isFlaky: Bool) throws(HarnessError) -> Item {
    guard let mapping = node.mapping else {
      throw Self.error(file, node.mark, "an entry needs the keys case and reason")
    }
    let known = isFlaky ? ["case", "reason", "link", "retries"] : ["case", "reason", "link", "contains"]
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, known.contains(name) else { throw Self.unknown(file, key, known: known) }
      guard value.scalar != nil else { throw Self.error(file, value.mark ?? key.mark, "\(name) must be a string") }
      values[name] = value
    }
    func text(_ key: String) throws(HarnessError) -> String? {
      guard let value = values[key] else { return nil }
      guard let scalar = value.scalar, !scalar.string.allSatisfy(\.isWhitespace) else {
        throw Self.error(file, value.mark, "\(key) is empty")
      }
      return scalar.string.trimmingCharacters(in: .newlines)
    }
    guard let pattern = try text("case"), let caseMark = values["case"]?.mark else {
      throw Self.error(file, node.mark, "the entry has no case; name one, or a glob of cases")
    }
    guard let reason = try text("reason") else {
      throw Self.error(file, node.mark, "\(pattern) has no reason; say why it \(isFlaky ? "is flaky" : "fails")")
    }
    var retries: Int?
    if isFlaky {
      guard let number = values["retries"].flatMap({ $0.int }), (1...100).contains(number) else {
        throw Self.error(file, values["retries"]?.mark ?? node.mark, "\(pattern) needs retries, a number from 1 to 100")
      }
      retries = number
    }
    let record = BaselineEntryRecord(
      file: file, line: node.mark?.line ?? 1, pattern: pattern, reason: reason, link: try text("link"),
      contains: try text("contains"))
    return Item(
      entry: Baseline.Entry(glob: CaseGlob(pattern), record: record, retries: retries), caseMark: caseMark,
      isFlow: begins(node, with: "{"))
  }

  /// Whether a node is written in brackets or braces; the parser does not report it reliably.
  private func begins(_ node: Node, with sign: Unicode.Scalar) -> Bool {
    guard let mark = node.mark, lines.indices.contains(mark.line - 1) else { return false }
    return Substring(lines[mark.line - 1]).unicodeScalars.dropFirst(mark.column - 1).first == sign
  }

  private static func error(_ file: String, _ mark: Mark?, _ sentence: String) -> HarnessError {
    HarnessError("\(file):\(mark?.line ?? 1): \(sentence).", isUsage: true)
  }

  private static func unknown(_ file: String, _ key: Node, known: [String]) -> HarnessError {
    error(
      file, key.mark, "unknown key \"\(key.string ?? "")\"; the keys are \(known.joined(separator: ", "))")
  }

  private static func unreadable(_ error: any Error, _ file: String) -> HarnessError {
    var place = file
    var problem = "\(error)"
    switch error as? YamlError {
    case .scanner(let context, let sentence, let mark, _), .parser(let context, let sentence, let mark, _),
      .composer(let context, let sentence, let mark, _):
      place += ":\(mark.line)"
      problem = sentence
      // A star starts an alias in YAML, and many globs start with a star.
      if "\(sentence) \(context?.text ?? "")".contains("alias") {
        problem += "; quote a name that begins with *"
      }
    case .duplicatedKeysInMapping(let keys, let context):
      place += ":\(context.mark.line)"
      problem = "the key \(keys.sorted().joined(separator: ", ")) occurs twice"
    default: break
    }
    return HarnessError("\(place): this is not valid YAML: \(problem).", isUsage: true)
  }
}
