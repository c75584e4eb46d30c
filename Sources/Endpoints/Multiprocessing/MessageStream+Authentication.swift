import WireFormats

extension MessageStream {
  /// How long a handshake may take unless said otherwise; Python would wait for ever.
  public static let handshakeTime = Duration.seconds(5)

  /// Runs the handshake of Python's `multiprocessing.connection` on a stream of that framing, before its first message.
  ///
  /// - Parameters:
  ///   - role: which side of the connection this is.
  ///   - key: the secret, at least one byte.
  ///   - deadline: until when it must be over.
  /// - Throws: ``EndpointError``: `authentication` if the peer has another key, breaks the handshake or hangs up in it; `timeout` if it is silent; `too-large` for a message of more than 256 bytes; `usage` for an empty key. The stream is of no use then.
  public mutating func authenticate(
    _ role: Authentication.Role, key: [UInt8], until deadline: Deadline = .after(handshakeTime)
  ) throws(EndpointError) {
    guard !key.isEmpty else { throw EndpointError(.usage, "The key has no bytes; use at least one.") }
    let usualLimit = limit
    limit = Authentication.largestMessage
    defer { limit = usualLimit }
    var handshake = Authentication(role, key: key)
    var actions = handshake.start()[...]
    while let action = actions.popFirst() {
      switch action {
      case .send(let message):
        // What the refused peer does with its refusal is no longer our concern.
        if case .fail(let error)? = actions.first {
          try? send(message, until: deadline)
          throw error
        }
        do throws(EndpointError) { try send(message, until: deadline) } catch { throw Self.handshakeError(error) }
      case .receive:
        let received: [UInt8]?
        do throws(EndpointError) { received = try receive(until: deadline) } catch { throw Self.handshakeError(error) }
        guard let received else {
          throw EndpointError(.authentication, "The peer hung up in the handshake; does it have a key, and the same?")
        }
        actions = handshake.receive(received)[...]
      case .succeed: return
      case .fail(let error): throw error
      }
    }
  }

  /// A peer that breaks off has not authenticated itself, however it broke off.
  private static func handshakeError(_ error: EndpointError) -> EndpointError {
    switch error.kind {
    case .closed, .reset, .truncated, .malformed:
      EndpointError(.authentication, "The peer broke the handshake off. \(error.message)")
    default: error
    }
  }
}
