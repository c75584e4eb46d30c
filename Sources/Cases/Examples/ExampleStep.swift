import AdapterProtocol
package import WireFormats

/// One step of a conversation with an example, in the order of the declaration.
package enum ExampleStep: Sendable, Decodable {
  /// Starts the program, or another one by its name; otherwise it runs from the beginning.
  case start(String?)
  /// Waits until something exists that the program makes.
  case wait(ExamplePlace)
  /// Waits for an output line of the program that matches a whole regular expression; named groups become placeholders.
  case output(String, from: ExampleStream, of: String?)
  /// Writes a line to the program's standard input.
  case input(String, of: String?)
  /// Has the peer open a channel, with the keys and values of `open`.
  case open(String)
  case accept(channel: String)
  case send(ExampleMessage)
  case receive(ExampleMessage)
  /// Has the peer wait for a message that must not come, for a time in milliseconds.
  case quiet(channel: String, milliseconds: Int)
  case call(ExampleCall)
  /// Sends the peer any command line; the reply must be `ok`, or this error.
  case command(String, error: ErrorKind?)
  case close(channel: String)
  case halfClose(channel: String)
  /// Asks the program to end.
  case stop(ExampleStop, of: String?)
  /// Waits for the program to end.
  case exit(ExampleEnd, of: String?)
  /// Steps that are under way at the same time.
  case together([ExampleStep])
  /// A step with a deadline of its own, in milliseconds.
  indirect case within(Int, ExampleStep)

  package enum Verb: String, CodingKey, CaseIterable {
    case start, wait, output, input, open, accept, send, receive, quiet, call, command, close, stop, exit, together
    case halfClose = "half-close"
    /// Goes with `command`.
    case error
    /// Goes with `output`.
    case from
    /// Goes with `quiet`.
    case channel
    /// Goes with `output`, `input`, `stop` and `exit`.
    case program
    /// Goes with every step.
    case within

    /// The keys that only go with another one.
    static let companions: Set<Verb> = [.error, .from, .channel, .program, .within]
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Verb.self)
    let verbs = container.allKeys.filter { !Verb.companions.contains($0) }
    guard verbs.count == 1, let verb = verbs.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a step has one of the keys \(Self.verbs)"))
    }
    let step = try Self(verb, container)
    let milliseconds = try container.decodeIfPresent(Int.self, forKey: .within)
    self = milliseconds.map { .within($0, step) } ?? step
  }

  private init(_ verb: Verb, _ container: KeyedDecodingContainer<Verb>) throws {
    // The main program has no name in a step.
    let name = try container.decodeIfPresent(String.self, forKey: .program).flatMap(Self.other)
    switch verb {
    case .start: self = .start(Self.other(try container.decode(String.self, forKey: verb)))
    case .wait: self = .wait(try container.decode(ExamplePlace.self, forKey: verb))
    case .output:
      self = .output(
        try container.decode(String.self, forKey: verb),
        from: try container.decodeIfPresent(ExampleStream.self, forKey: .from) ?? .standardOutput, of: name)
    case .input: self = .input(try container.decode(String.self, forKey: verb), of: name)
    case .open: self = .open(try container.decode(String.self, forKey: verb))
    case .accept: self = .accept(channel: try container.decode(String.self, forKey: verb))
    case .send: self = .send(try container.decode(ExampleMessage.self, forKey: verb))
    case .receive: self = .receive(try container.decode(ExampleMessage.self, forKey: verb))
    case .quiet:
      self = .quiet(
        channel: try container.decodeIfPresent(String.self, forKey: .channel) ?? "c",
        milliseconds: try container.decode(Int.self, forKey: verb))
    case .call: self = .call(try container.decode(ExampleCall.self, forKey: verb))
    case .command, .error, .from, .channel, .program, .within:
      self = .command(
        try container.decode(String.self, forKey: .command),
        error: try container.decodeIfPresent(ErrorKind.self, forKey: .error))
    case .close: self = .close(channel: try container.decode(String.self, forKey: verb))
    case .halfClose: self = .halfClose(channel: try container.decode(String.self, forKey: verb))
    case .stop: self = .stop(try container.decode(ExampleStop.self, forKey: verb), of: name)
    case .exit: self = .exit(try container.decode(ExampleEnd.self, forKey: verb), of: name)
    case .together: self = .together(try container.decode([ExampleStep].self, forKey: verb))
    }
  }

  /// What a step calls the main program.
  package static let mainProgram = "program"

  private static func other(_ name: String) -> String? { name == mainProgram ? nil : name }

  /// The program that the step is about, if it is not the main one.
  package var otherProgram: String? {
    switch self {
    case .start(let name), .output(_, _, let name), .input(_, let name), .stop(_, let name), .exit(_, let name): name
    default: nil
    }
  }

  private static var verbs: String {
    Verb.allCases.filter { !Verb.companions.contains($0) }.map(\.rawValue).joined(separator: ", ")
  }

  /// The step itself, or the steps that it is made of.
  package var parts: [ExampleStep] {
    switch self {
    case .together(let steps): steps.flatMap(\.parts)
    case .within(_, let step): step.parts
    default: [self]
    }
  }
}

/// Where a program writes its output.
package enum ExampleStream: String, Sendable, Decodable, CaseIterable {
  /// Standard output, or standard error if the channel or the peer has that.
  case standardOutput = "standard-output"
  case standardError = "standard-error"
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
