/// Something that a program makes and that can be seen from outside, without connecting to it.
package struct ExamplePlace: Sendable, Decodable, Equatable {
  package enum Kind: String, CodingKey, CaseIterable {
    /// A file, a FIFO, or a socket that listens.
    case path
    /// A TCP port of this machine on which somebody listens, such as `127.0.0.1:8000`.
    case port
    /// An abstract name on which somebody listens, such as `@name`.
    case abstract
  }

  package var kind: Kind
  /// The path, address or name, which may have placeholders.
  package var text: String

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard container.allKeys.count == 1, let kind = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "wait has one of path, port and abstract"))
    }
    self.kind = kind
    text = try container.decode(String.self, forKey: kind)
  }

  /// A phrase for messages.
  package var description: String { kind == .path ? "the path \(text)" : "a listener on \(text)" }
}
