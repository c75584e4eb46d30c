import Testing
import WireFormats

@testable import Endpoints

@Suite("Authentication, without I/O")
struct AuthenticationTests {
  private let challenge = [UInt8](0..<20)

  private func mark(_ challenge: [UInt8]) -> [UInt8] { Array("#CHALLENGE#".utf8) + challenge }

  @Test("Codes are Python's")
  func codes() throws {
    let vectors = try AuthenticationVectors.golden()
    #expect(!vectors.codes.isEmpty)
    for vector in vectors.codes {
      let digest = try #require(ChallengeDigest(rawValue: vector.digest))
      let (message, code) = (vector.challenge.bytes, vector.code.bytes)
      #expect(digest.code(of: message, key: vectors.key.bytes) == code, "\(vector)")
      #expect(digest.isCode(code, of: message, key: vectors.key.bytes), "\(vector)")
      #expect(!digest.isCode(code, of: message, key: secret + [0x21]), "\(vector)")
      #expect(!digest.isCode(Array(code.dropLast()), of: message, key: vectors.key.bytes), "\(vector)")
    }
  }

  @Test("Captured handshakes are replayed to the byte")
  func sessions() throws {
    let vectors = try AuthenticationVectors.golden()
    #expect(vectors.sessions.count == 2)
    for session in vectors.sessions {
      let own = session.frames.filter { $0.from == session.plays }
      let posed = try #require(own.map(\.payload).first { $0.starts(with: mark([])) })
      var handshake = Authentication(
        session.plays == .listener ? .accepting : .connecting, key: vectors.key.bytes,
        challenge: Array(posed.dropFirst(mark([]).count)))
      var actions = handshake.start()[...]
      for step in session.frames {
        let next = actions.popFirst()
        let action = try #require(next, "\(session.name)")
        if step.from == session.plays {
          #expect(action == .send(step.payload), "\(session.name)")
          #expect(frame(step.payload) == step.bytes.bytes, "\(session.name)")
        } else {
          #expect(action == .receive, "\(session.name)")
          actions = handshake.receive(step.payload)[...]
        }
      }
      #expect(Array(actions) == [.succeed], "\(session.name)")
    }
  }

  @Test("A reply in any digest that names itself is accepted", arguments: ChallengeDigest.allCases)
  func replies(digest: ChallengeDigest) throws {
    let code = try #require(digest.code(of: challenge, key: secret))
    var handshake = Authentication(.accepting, key: secret, challenge: challenge)
    #expect(handshake.start() == [.send(mark(challenge)), .receive])
    #expect(handshake.receive(digest.prefix + code) == [.send(Array("#WELCOME#".utf8)), .receive])
  }

  @Test("A challenge that names a digest is answered in it", arguments: ChallengeDigest.allCases)
  func answers(digest: ChallengeDigest) throws {
    let posed = digest.prefix + [UInt8](0..<40)
    let code = try #require(digest.code(of: posed, key: secret))
    var handshake = Authentication(.connecting, key: secret)
    #expect(handshake.start() == [.receive])
    #expect(handshake.receive(mark(posed)) == [.send(digest.prefix + code), .receive])
  }

  @Test(
    "Our challenge names SHA-256, as that of CPython 3.12 does, and an answer in plain MD5, as of 3.11, is accepted")
  func ownChallenge() throws {
    var handshake = Authentication(.accepting, key: secret)
    guard case .send(let message)? = handshake.start().first else {
      Issue.record("no challenge")
      return
    }
    let posed = Array(message.dropFirst(mark([]).count))
    #expect(posed.starts(with: Array("{sha256}".utf8)) && posed.count == 48)
    let code = try #require(ChallengeDigest.md5.code(of: posed, key: secret))
    #expect(handshake.receive(code) == [.send(Array("#WELCOME#".utf8)), .receive])
  }

  @Test("A challenge of 20 bytes is answered in MD5, whatever its bytes are")
  func disguisedChallenge() throws {
    let posed = Array("{sha256}".utf8) + [UInt8](0..<12)
    let code = try #require(ChallengeDigest.md5.code(of: posed, key: secret))
    var handshake = Authentication(.connecting, key: secret)
    _ = handshake.start()
    #expect(handshake.receive(mark(posed)) == [.send(code), .receive])
  }

  @Test(
    "A challenge of the wrong size or of an unknown digest fails, and nothing is sent",
    arguments: [
      [], [UInt8](0..<19), [UInt8](0..<21), [UInt8](0..<40), Array("{sha512}".utf8) + [UInt8](0..<40),
      Array("{sha256}".utf8), Array("{sha256".utf8) + [UInt8](0..<40),
    ])
  func wrongChallenge(posed: [UInt8]) {
    var handshake = Authentication(.connecting, key: secret)
    _ = handshake.start()
    #expect(handshake.receive(mark(posed)).onlyFailure == .authentication)
  }

  @Test(
    "A reply that is none, or of another key, is refused",
    arguments: [
      [], [UInt8](0..<16), [UInt8](0..<20), [UInt8](0..<32), Array("{sha512}".utf8) + [UInt8](0..<64),
      Array("{md5}".utf8), Array("{sha256}".utf8) + [UInt8](0..<32), Array("#WELCOME#".utf8),
    ])
  func wrongReply(reply: [UInt8]) {
    for role in [Authentication.Role.accepting, .connecting] {
      var handshake = Authentication(role, key: secret, challenge: challenge)
      _ = handshake.start()
      if role == .connecting {
        _ = handshake.receive(mark(challenge))
        _ = handshake.receive(Array("#WELCOME#".utf8))
      }
      let actions = handshake.receive(reply)
      #expect(actions.first == .send(Array("#FAILURE#".utf8)))
      #expect(Array(actions.dropFirst()).onlyFailure == .authentication)
      // And it stays so.
      #expect(handshake.receive(reply).onlyFailure == .authentication)
    }
  }

  @Test("Anything but a welcome is a failure", arguments: ["#FAILURE#", "", "#WELCOME", "hello"])
  func wrongVerdict(text: String) {
    var handshake = Authentication(.connecting, key: secret)
    _ = handshake.start()
    _ = handshake.receive(mark(challenge))
    #expect(handshake.receive(Array(text.utf8)).onlyFailure == .authentication)
  }

  @Test("What is no challenge is a failure", arguments: ["#WELCOME#", "", "#CHALLENGE", "\u{80}\u{2}N."])
  func noChallenge(text: String) {
    var handshake = Authentication(.connecting, key: secret)
    _ = handshake.start()
    #expect(handshake.receive(Array(text.utf8)).onlyFailure == .authentication)
  }

  @Test("A message over 256 bytes is too large")
  func tooLarge() {
    var handshake = Authentication(.connecting, key: secret)
    _ = handshake.start()
    #expect(handshake.receive([UInt8](repeating: 0x20, count: 257)).onlyFailure == .tooLarge)
  }

  @Test("Challenges do not repeat")
  func fresh() {
    let challenges = (0..<100).map { _ in Authentication.freshChallenge() }
    #expect(Set(challenges).count == 100)
  }
}

extension [Authentication.Action] {
  /// The kind of a failure that is the only action.
  fileprivate var onlyFailure: ErrorKind? {
    guard count == 1, case .fail(let error)? = first else { return nil }
    return error.kind
  }
}
