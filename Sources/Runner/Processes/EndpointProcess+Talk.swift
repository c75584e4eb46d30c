package import AdapterProtocol
package import Cases

extension EndpointProcess {
  /// How long an endpoint may take from its start to the reply to `hello`, in seconds: some runtimes take longer to start
  /// than any command may.
  ///
  /// - Parameter command: how long a command may take, in seconds.
  /// - Returns: that, or more.
  package static func startSeconds(command: Double = 0) -> Double { max(command, 30) }

  /// Sends `hello` and waits for the reply.
  ///
  /// - Parameter seconds: the timeout in seconds.
  /// - Returns: the endpoint's declaration.
  /// - Throws: ``UnwillingEndpoint`` if it did anything else.
  package func hello(seconds: Double) throws(UnwillingEndpoint) -> Declaration {
    var question = Question(Command("hello"), number: 0, seconds: seconds)
    ConversationLoop([.writer: self]).run(&question)
    let fault: HelloFault
    switch question.answer {
    case .reply(let reply):
      do {
        return try Declaration(reply)
      } catch {
        fault = .notADeclaration(error, line: reply.line)
      }
    case .badLine(let bad, let line): fault = .badLine(bad, line: line)
    case .ended(let end): fault = .ended(end)
    case .silent(let partial): fault = .silent(partialLine: partial, seconds: seconds)
    case .interrupted, nil: fault = .silent(partialLine: [], seconds: seconds)
    }
    throw UnwillingEndpoint(
      finding: .noHello(adapter: program.name, fault, standardError: standardError.lines(first: 2, last: 5)))
  }

  /// Asks a question and waits for the answer.
  package func ask(_ question: inout Question) { ConversationLoop([.writer: self]).run(&question) }

  /// Reads the available output without blocking.
  package func collect(into dialogue: inout Dialogue) {
    flush()
    exchange { dialogue.take($0) }
  }

  /// Shuts the endpoint down: closes its input, waits, sends `SIGTERM`, waits, sends `SIGKILL`.
  ///
  /// - Parameter seconds: how long it may take to exit by itself, in seconds.
  /// - Returns: what was wrong with its end, or nil if it exited with status 0.
  package func finish(seconds: Double) -> EndingProblem? {
    var dialogue = Dialogue()
    return finish(seconds: seconds, dialogue: &dialogue)
  }

  /// Shuts the endpoint down like ``finish(seconds:)``, and keeps what it writes meanwhile.
  package func finish(seconds: Double, dialogue: inout Dialogue) -> EndingProblem? {
    var ending = Ending(seconds: seconds, dialogue: dialogue)
    ConversationLoop([.writer: self]).run(&ending)
    dialogue = ending.dialogue
    return ending.problem
  }
}

/// An endpoint did not start or did not answer `hello`.
package struct UnwillingEndpoint: Error {
  /// What is wrong.
  package let finding: Finding
}
