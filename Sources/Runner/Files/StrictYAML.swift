import Cases
import Foundation
import Yams

/// A YAML file that people write; its errors name the file, the line and the fix.
struct StrictYAML {
  private let path: String
  private let root: Node

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file's path.
  ///   - subject: what the file is, such as "manifest", for messages.
  ///   - page: the page that shows an example, for messages.
  ///   - rewritten: what is decoded in place of a node; the errors name the places of the text.
  ///   - check: rejects what the decoder would not, or not with good words; called before the content is decoded.
  /// - Returns: the file's content, and the file, for errors about the content.
  /// - Throws: ``HarnessError``.
  static func decode<Content: Decodable>(
    _ path: String, subject: String, page: String, rewritten: (Node) -> Node = { $0 },
    check: (StrictYAML) throws(HarnessError) -> Void
  ) throws(HarnessError) -> (Content, StrictYAML) {
    let text = try text(path, subject, page)
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw unreadable(error, path, text)
    }
    guard let root, root.mapping != nil else {
      throw Self.error(path, root?.mark, "this is empty or not a mapping; \(page) shows a \(subject).")
    }
    let file = StrictYAML(path: path, root: root)
    try check(file)
    do {
      return (try YAMLDecoder().decode(Content.self, from: rewritten(root)), file)
    } catch let error as DecodingError {
      throw file.error(for: error, subject, page)
    } catch {
      throw unreadable(error, path, text)
    }
  }

  /// The value of a key at the top.
  subscript(_ key: String) -> Node? { root.mapping?[key] }

  /// The whole file.
  var top: Node { root }

  // MARK: Errors

  /// An error at a place: keys, and the places of entries from 0.
  func error(at place: [String], _ sentence: String) -> HarnessError {
    Self.error(path, find(place).mark, sentence)
  }

  /// An error at a node.
  func error(on node: Node, _ sentence: String) -> HarnessError { Self.error(path, node.mark, sentence) }

  /// Rejects unknown keys, because the decoder would silently ignore a misspelt one.
  func refuseUnknownKeys(_ node: Node?, _ known: [String], _ prefix: String = "") throws(HarnessError) {
    for (key, _) in node?.mapping ?? [:] {
      guard let name = key.string, !known.contains(name) else { continue }
      let nearest = NearestWord.to(name, among: known).map { "did you mean \"\($0)\"? The" } ?? "the"
      throw Self.error(
        path, key.mark, "unknown key \"\(prefix)\(name)\"; \(nearest) keys are \(known.joined(separator: ", ")).")
    }
  }

  /// Rejects a value that is none of some words.
  func refuseUnknownWord(_ node: Node?, _ known: [String], _ key: String) throws(HarnessError) {
    guard let word = node?.scalar?.string, !known.contains(word) else { return }
    throw Self.error(
      path, node?.mark, "\(key) is \"\(word)\", which is not known; \(NearestWord.advice(word, among: known)).")
  }

  private static func error(_ path: String, _ mark: Mark?, _ sentence: String) -> HarnessError {
    HarnessError("\(path):\(mark?.line ?? 1): \(sentence)", isUsage: true)
  }

  /// What stands at a place, nil if nothing does; and where, as far as it is there: a key, else what it is in.
  private func find(_ place: [String]) -> (node: Node?, mark: Mark?) {
    var (node, mark) = (root, root.mark)
    for step in place {
      if let entries = node.sequence {
        guard let index = Int(step), entries.indices.contains(index) else { return (nil, mark) }
        node = entries[index]
        mark = node.mark ?? mark
      } else {
        guard let pair = node.mapping?.first(where: { $0.key.string == step }) else { return (nil, mark) }
        node = pair.value
        mark = pair.key.mark ?? mark
      }
    }
    return (node, mark)
  }

  private func error(for error: DecodingError, _ subject: String, _ page: String) -> HarnessError {
    func place(_ keys: [any CodingKey]) -> [String] { keys.map { $0.intValue.map(String.init) ?? $0.stringValue } }
    switch error {
    case .keyNotFound(let key, let context):
      let owner = place(context.codingPath)
      let name = owner.isEmpty ? "" : " in \(Self.name(owner, subject))"
      return self.error(at: owner, "\(key.stringValue) is missing\(name); \(page) shows a \(subject).")
    case .typeMismatch(let type, let context):
      let place = place(context.codingPath)
      return self.error(at: place, "\(Self.name(place, subject)) \(form(of: type, find(place).node))")
    case .valueNotFound(_, let context), .dataCorrupted(let context):
      let place = place(context.codingPath)
      return self.error(at: place, "\(Self.name(place, subject)) has the wrong form: \(context.debugDescription)")
    @unknown default:
      return self.error(at: [], "\(error)")
    }
  }

  /// What a value must be, and what it is.
  private func form(of type: Any.Type, _ node: Node?) -> String {
    switch (type, node) {
    case (is Node.Sequence.Type, .scalar(let scalar)?):
      let words = scalar.string.split(separator: " ").joined(separator: ", ")
      return "must be a list, such as [\(words)]; it is the text \"\(scalar.string)\"."
    case (is Node.Sequence.Type, _): return "must be a list, and is a mapping."
    case (is Node.Mapping.Type, .sequence?): return "must have keys and values, and is a list."
    case (is Node.Mapping.Type, _):
      return "must have keys and values, such as {key: value}, and is the text \"\(node?.scalar?.string ?? "")\"."
    case (_, .scalar(let scalar)?):
      return "must be a \(type == Bool.self ? "true or false" : "number"), and is \"\(scalar.string)\"."
    case (_, .sequence?): return "must be one text, and is a list."
    default: return "must be one text, and has keys and values."
    }
  }

  /// A place in words: `entry 1 of needs`, `receive`.
  private static func name(_ place: [String], _ subject: String) -> String {
    guard let last = place.last else { return "the \(subject)" }
    guard let index = Int(last) else { return last }
    return "entry \(index + 1) of \(place.dropLast().last ?? "the \(subject)")"
  }

  // MARK: Reading

  private static func text(_ path: String, _ subject: String, _ page: String) throws(HarnessError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw HarnessError("There is no file \(path), which should be a \(subject); \(page) shows one.", isUsage: true)
    }
    if isFolder.boolValue {
      throw HarnessError("\(path) is a folder, and should be a \(subject); name the file.", isUsage: true)
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw HarnessError(
        "Cannot read \(path), which should be a \(subject): \(error.localizedDescription)", isUsage: true)
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw HarnessError(
      "\(path):\(line + 1): this line is not UTF-8 text; save the \(subject) as UTF-8.", isUsage: true)
  }

  /// The error for a text that the parser refuses.
  private static func unreadable(_ error: any Error, _ path: String, _ text: String) -> HarnessError {
    var (line, problem) = (1, "\(error)")
    switch error as? YamlError {
    case .scanner(_, let sentence, let mark, _), .parser(_, let sentence, let mark, _),
      .composer(_, let sentence, let mark, _):
      (line, problem) = (mark.line, sentence)
    case .reader(let sentence, let offset, _, _):
      (line, problem) = (1 + text.utf8.prefix(offset ?? 0).count { $0 == 0x0a }, sentence)
    case .duplicatedKeysInMapping(let keys, let context):
      (line, problem) = (context.mark.line, "the key \(keys.sorted().joined(separator: ", ")) occurs twice")
    default: break
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The parser names the line on which it gave up, which may be the one after the tab.
    let tabbed = [line, line - 1, line + 1].first { number in
      lines.indices.contains(number - 1) && lines[number - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }
    if let tabbed { (line, problem) = (tabbed, "the line is indented with a tab; use spaces") }
    return HarnessError("\(path):\(line): this is not valid YAML: \(problem).", isUsage: true)
  }
}
