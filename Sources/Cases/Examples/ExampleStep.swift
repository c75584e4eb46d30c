import AdapterProtocol
package import WireFormats

/// One step of a conversation with an example, in the order of the declaration.
package enum ExampleStep: Sendable, Decodable {
  /// Waits for an output line of the program that matches a whole regular expression; named groups become placeholders.
  case output(String)
  /// Writes a line to the program's standard input.
  case input(String)
  /// Has the peer open a channel, with the keys and values of `open`.
  case open(String)
  case accept(channel: String)
  case send(ExampleMessage)
  case receive(ExampleMessage)
  case call(ExampleCall)
  /// Sends the peer any command line; the reply must be `ok`, or this error.
  case command(String, error: ErrorKind?)
  case close(channel: String)
  case halfClose(channel: String)
  /// Waits for the program to end.
  case exit(ExampleEnd)

  package enum Verb: String, CodingKey, CaseIterable {
    case output, input, open, accept, send, receive, call, command, close, exit
    case halfClose = "half-close"
    /// Goes with `command`.
    case error
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Verb.self)
    let verbs = container.allKeys.filter { $0 != .error }
    guard verbs.count == 1, let verb = verbs.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a step has one of the keys \(Self.verbs)"))
    }
    switch verb {
    case .output: self = .output(try container.decode(String.self, forKey: verb))
    case .input: self = .input(try container.decode(String.self, forKey: verb))
    case .open: self = .open(try container.decode(String.self, forKey: verb))
    case .accept: self = .accept(channel: try container.decode(String.self, forKey: verb))
    case .send: self = .send(try container.decode(ExampleMessage.self, forKey: verb))
    case .receive: self = .receive(try container.decode(ExampleMessage.self, forKey: verb))
    case .call: self = .call(try container.decode(ExampleCall.self, forKey: verb))
    case .command, .error:
      self = .command(
        try container.decode(String.self, forKey: verb),
        error: try container.decodeIfPresent(ErrorKind.self, forKey: .error))
    case .close: self = .close(channel: try container.decode(String.self, forKey: verb))
    case .halfClose: self = .halfClose(channel: try container.decode(String.self, forKey: verb))
    case .exit: self = .exit(try container.decode(ExampleEnd.self, forKey: verb))
    }
  }

  private static var verbs: String {
    Verb.allCases.filter { $0 != .error }.map(\.rawValue).joined(separator: ", ")
  }
}

/// A message that the peer sends or must receive.
package struct ExampleMessage: Sendable, Decodable {
  package enum Content: Sendable {
    case text(String)
    case bytes([UInt8])
    case value(String, codec: String, format: String?)
    case end
    case empty
    case error(ErrorKind)
  }

  package var content: Content
  package var channel: String
  /// The timeout of a `receive` on a queue, in milliseconds.
  package var timeout: Int?

  package enum Key: String, CodingKey, CaseIterable {
    case text, hex, value, codec, format, end, empty, error, channel, timeout
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    channel = try container.decodeIfPresent(String.self, forKey: .channel) ?? "c"
    timeout = try container.decodeIfPresent(Int.self, forKey: .timeout)
    let contents = container.allKeys.filter { [.text, .hex, .value, .end, .empty, .error].contains($0) }
    func wrong(_ reason: String) -> DecodingError {
      .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
    }
    guard contents.count == 1, let key = contents.first else {
      throw wrong("a message has one of text, hex, value, end, empty and error")
    }
    switch key {
    case .text: content = .text(try container.decode(String.self, forKey: key))
    case .hex:
      let digits = try container.decode(String.self, forKey: key)
      guard let bytes = Hex.bytes(digits.utf8.filter { $0 != 0x20 }) else { throw wrong("hex is not hexadecimal") }
      content = .bytes(bytes)
    case .value:
      content = .value(
        try container.decode(String.self, forKey: key), codec: try container.decode(String.self, forKey: .codec),
        format: try container.decodeIfPresent(String.self, forKey: .format))
    case .end: content = .end
    case .empty: content = .empty
    default: content = .error(try container.decode(ErrorKind.self, forKey: .error))
    }
  }
}

/// A call to a method of a shared object.
package struct ExampleCall: Sendable, Decodable {
  package var method: String
  /// The arguments, a tuple; none if nil.
  package var value: String?
  /// The result that the call must return; any if nil.
  package var result: String?
  package var channel: String?

  package enum CodingKeys: String, CodingKey, CaseIterable { case method, value, result, channel }
}

/// How a program must end.
package enum ExampleEnd: Sendable, Decodable, Equatable {
  case status(Int32)
  case signal(Int32)

  private enum Key: String, CodingKey { case signal }

  package init(from decoder: any Decoder) throws {
    if let status = try? decoder.singleValueContainer().decode(Int32.self) {
      self = .status(status)
    } else {
      self = .signal(try decoder.container(keyedBy: Key.self).decode(Int32.self, forKey: .signal))
    }
  }

  /// A phrase for messages, to follow a subject.
  package var description: String {
    switch self {
    case .status(let status): "exits with status \(status)"
    case .signal(let signal): "is ended by signal \(signal)"
    }
  }
}
