/// What the programs of a conversation print, and how they end.
struct ProgramOutputs: Sendable {
  /// One program's standard output and standard error.
  private struct Streams: Sendable {
    var output = ProgramOutput()
    var errors = ProgramOutput()
  }

  /// Whether lines of the main program come on standard error only, because its standard output belongs to the channel or
  /// the peer.
  private let isMainOnErrors: Bool
  /// By name; the main program has none.
  private var programs: [String?: Streams] = [:]

  init(_ conversation: ExampleDeclaration.Conversation) {
    isMainOnErrors = conversation.isOnStandardStreams || conversation.isStartingPeer
  }

  /// When the time alone changes something.
  var deadline: Duration? {
    programs.values.flatMap { [$0.output.deadline, $0.errors.deadline] }.compactMap(\.self).min()
  }

  /// How a program ended; nil while it runs.
  func end(of name: String?) -> ProcessEnd? { programs[name]?.errors.end }

  /// Takes an event of a program.
  mutating func take(_ event: ProcessEvent, of name: String?) {
    switch event {
    case .output(let bytes): programs[name, default: Streams()].output.append(bytes)
    case .outputClosed: programs[name, default: Streams()].output.close()
    case .errorOutput(let bytes): programs[name, default: Streams()].errors.append(bytes)
    case .ended(let end):
      programs[name, default: Streams()].output.finish(end)
      programs[name, default: Streams()].errors.finish(end)
    }
  }

  /// The next line that a program printed.
  mutating func nextLine(on stream: ExampleStream, of name: String?) -> String? {
    programs[name, default: Streams()][keyPath: place(stream, of: name)].next()
  }

  /// Whether a program prints nothing more.
  mutating func isOver(_ stream: ExampleStream, of name: String?, at now: Duration) -> Bool {
    programs[name, default: Streams()][keyPath: place(stream, of: name)].isOver(at: now)
  }

  private func place(_ stream: ExampleStream, of name: String?) -> WritableKeyPath<Streams, ProgramOutput> {
    stream == .standardError || name == nil && isMainOnErrors ? \.errors : \.output
  }
}
