/// Something that a program makes and that can be seen from outside, without connecting to it.
package enum ExamplePlace: Sendable, Decodable, Equatable {
  /// A file, a FIFO, or a socket that listens.
  case path(String)
  /// A TCP port of this machine on which somebody listens, such as `127.0.0.1:8000`.
  case port(String)
  /// An abstract name on which somebody listens, such as `@name`.
  case abstract(String)

  package enum Key: String, CodingKey, CaseIterable { case path, port, abstract }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "wait has one of path, port and abstract"))
    }
    let text = try container.decode(String.self, forKey: key)
    self = Self.make(key, text)
  }

  private static func make(_ key: Key, _ text: String) -> ExamplePlace {
    switch key {
    case .path: .path(text)
    case .port: .port(text)
    case .abstract: .abstract(text)
    }
  }

  /// The text, which may have placeholders.
  package var text: String {
    switch self {
    case .path(let text), .port(let text), .abstract(let text): text
    }
  }

  /// The same kind of place with another text.
  package func with(_ text: String) -> ExamplePlace {
    switch self {
    case .path: .path(text)
    case .port: .port(text)
    case .abstract: .abstract(text)
    }
  }

  /// A phrase for messages.
  package var description: String {
    switch self {
    case .path(let path): "the path \(path)"
    case .port(let port): "a listener on \(port)"
    case .abstract(let name): "a listener on \(name)"
    }
  }
}
