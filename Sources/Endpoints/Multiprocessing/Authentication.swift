import WireFormats

/// The handshake of Python's `multiprocessing.connection`, in which each side proves to the other that it has the key.
///
/// It does no I/O: it is told what came and says what to do. Each side poses a challenge and answers the other's; the side
/// that accepted the connection poses the first. Our challenge names SHA-256, as that of CPython 3.12 and later does: those
/// versions answer with it. Older ones, from 2.7 on, answer every challenge with HMAC-MD5, and that is accepted too. A
/// challenge is answered with the digest that it names, and one of 20 bytes, which names none, with HMAC-MD5.
///
/// ```swift
/// var handshake = Authentication(.connecting, key: Array("secret".utf8))
/// handshake.start()                   // [.receive]
/// handshake.receive(challengeFrame)   // [.send(reply), .receive]
/// ```
///
/// Important: whoever has the key can have a Python peer execute anything, because Python unpickles what it receives.
public struct Authentication: Sendable {
  /// Which side of the connection this is.
  public enum Role: Sendable {
    /// The side that listened.
    case accepting
    /// The side that connected.
    case connecting
  }

  /// What to do next.
  public enum Action: Equatable, Sendable {
    /// Send a message.
    case send([UInt8])
    /// Wait for a message and pass it to ``Authentication/receive(_:)``.
    case receive
    /// The handshake is over: the peer has the key, and knows that we have it.
    case succeed
    /// Hang up: the handshake has failed.
    case fail(EndpointError)
  }

  private enum State { case fresh, awaitingReply, awaitingChallenge, awaitingVerdict, ended }

  /// The largest message of a handshake in bytes; Python hangs up at a larger one.
  public static let largestMessage = 256

  private let role: Role
  private let key: [UInt8]
  private let challenge: [UInt8]
  private var state = State.fresh

  /// Prepares a handshake.
  ///
  /// - Parameters:
  ///   - role: which side this is.
  ///   - key: the secret, at least one byte: Python's versions do not agree on what an empty one means.
  ///   - challenge: what the peer is asked, never used before; see ``freshChallenge()``. 20 bytes ask for HMAC-MD5.
  public init(_ role: Role, key: [UInt8], challenge: [UInt8] = freshChallenge()) {
    precondition(!key.isEmpty, "a key has at least one byte")
    (self.role, self.key, self.challenge) = (role, key, challenge)
  }

  /// `{sha256}` and forty random bytes from the system.
  public static func freshChallenge() -> [UInt8] {
    var system = SystemRandomNumberGenerator()
    return ChallengeDigest.sha256.prefix + (0..<40).map { _ in UInt8.random(in: 0...255, using: &system) }
  }

  /// Begins.
  ///
  /// - Returns: what to do, in this order.
  public mutating func start() -> [Action] {
    switch role {
    case .accepting: pose()
    case .connecting: waiting(.awaitingChallenge)
    }
  }

  /// Goes on with a message of the peer.
  ///
  /// - Parameter message: the frame's content.
  /// - Returns: what to do, in this order.
  public mutating func receive(_ message: [UInt8]) -> [Action] {
    guard message.count <= Self.largestMessage else {
      return fail(EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: Self.largestMessage)))
    }
    switch state {
    case .awaitingReply: return judge(message)
    case .awaitingChallenge: return answer(message)
    case .awaitingVerdict: return take(verdict: message)
    case .fresh, .ended: return fail("The handshake is not under way.")
    }
  }

  private mutating func pose() -> [Action] {
    [.send(Array(Self.challengeMark.utf8) + challenge)] + waiting(.awaitingReply)
  }

  /// Judges the peer's reply to our challenge.
  private mutating func judge(_ reply: [UInt8]) -> [Action] {
    let isRight =
      if reply.count == Self.plainReplyLength {
        ChallengeDigest.md5.isCode(reply, of: challenge, key: key)
      } else if let digest = ChallengeDigest(namedBy: reply) {
        digest.isCode(Array(reply.dropFirst(digest.prefix.count)), of: challenge, key: key)
      } else {
        false
      }
    guard isRight else {
      let text =
        ChallengeDigest(namedBy: reply) == nil && reply.count != Self.plainReplyLength
        ? "The peer answered our challenge with \(reply.count) bytes that are no reply; does it use multiprocessing with a key?"
        : "The peer has another key; give both sides the same."
      return [.send(Array(Self.failure.utf8))] + fail(text)
    }
    let welcome = Action.send(Array(Self.welcome.utf8))
    switch role {
    case .accepting: return [welcome] + waiting(.awaitingChallenge)
    case .connecting: return [welcome] + succeed()
    }
  }

  /// Answers the peer's challenge.
  private mutating func answer(_ message: [UInt8]) -> [Action] {
    let mark = Array(Self.challengeMark.utf8)
    guard message.starts(with: mark) else {
      return fail("The peer sent \(message.count) bytes instead of a challenge; does it have a key at all?")
    }
    let challenge = Array(message.dropFirst(mark.count))
    let reply: [UInt8]?
    if challenge.count == Self.plainChallengeLength {
      reply = ChallengeDigest.md5.code(of: challenge, key: key)
    } else if challenge.count > Self.plainChallengeLength, let digest = ChallengeDigest(namedBy: challenge) {
      reply = digest.code(of: challenge, key: key).map { digest.prefix + $0 }
    } else {
      reply = nil
    }
    guard let reply else {
      return fail(
        "The peer's challenge has \(challenge.count) bytes and names no digest that is known here; 20 bytes, or {sha256} and more, were expected."
      )
    }
    return [.send(reply)] + waiting(.awaitingVerdict)
  }

  private mutating func take(verdict: [UInt8]) -> [Action] {
    switch verdict {
    case Array(Self.welcome.utf8):
      switch role {
      case .accepting: return succeed()
      case .connecting: return pose()
      }
    case Array(Self.failure.utf8): return fail("The peer says that our key is wrong; give both sides the same.")
    default:
      return fail("The peer answered our reply with \(verdict.count) bytes that are neither a welcome nor a refusal.")
    }
  }

  private mutating func waiting(_ next: State) -> [Action] {
    state = next
    return [.receive]
  }

  private mutating func succeed() -> [Action] {
    state = .ended
    return [.succeed]
  }

  private mutating func fail(_ message: String) -> [Action] {
    fail(EndpointError(.authentication, message))
  }

  private mutating func fail(_ error: EndpointError) -> [Action] {
    state = .ended
    return [.fail(error)]
  }

  private static let challengeMark = "#CHALLENGE#"
  private static let welcome = "#WELCOME#"
  private static let failure = "#FAILURE#"
  /// A challenge of this length is of CPython up to 3.11, and names no digest whatever its bytes are.
  private static let plainChallengeLength = 20
  /// The length of MD5, whose replies carry no name.
  private static let plainReplyLength = 16
}
