import Cases
import WireFormats
import Yams

extension ExampleDeclaration {
  /// The declaration with `json:` and `value:` that are written as YAML turned into what the decoder takes: JSON, and the
  /// protocol's tokens.
  static func rewritten(_ root: Node) -> Node {
    changed(root) { key, node in
      guard node.scalar == nil, let value = value(node) else { return nil }
      switch key {
      case "json": return (try? Codec.json.encode(value)).map { Node(String(decoding: $0, as: UTF8.self)) }
      case "value": return Node(value.tokens)
      default: return nil
      }
    }
  }

  /// A node in which some values of mappings are others.
  private static func changed(_ node: Node, _ change: (String, Node) -> Node?) -> Node {
    switch node {
    case .mapping(var mapping):
      for (key, value) in mapping {
        mapping[key] = key.string.flatMap { change($0, value) } ?? changed(value, change)
      }
      return .mapping(mapping)
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = changed(sequence[index], change) }
      return .sequence(sequence)
    case .scalar, .alias: return node
    }
  }

  /// What a node says, by the rules of YAML: a quoted text stays a text.
  private static func value(_ node: Node) -> Value? {
    switch node {
    case .sequence(let sequence):
      let elements = sequence.compactMap(value)
      return elements.count == sequence.count ? .list(elements) : nil
    case .mapping(let mapping):
      let entries = mapping.compactMap { key, value in
        self.value(key).flatMap { key in self.value(value).map { Value.Entry(key, $0) } }
      }
      return entries.count == mapping.count ? .map(entries) : nil
    case .scalar(let scalar):
      switch node.tag.rawValue {
      case Tag.Name.null.rawValue: return .null
      case Tag.Name.bool.rawValue: return Bool.construct(from: scalar).map(Value.bool)
      case Tag.Name.int.rawValue: return Int.construct(from: scalar).flatMap { try? Value(tokens: "int:\($0)") }
      case Tag.Name.float.rawValue: return Double.construct(from: scalar).map(Value.f64)
      default: return .text(scalar.string)
      }
    case .alias: return nil
    }
  }
}
