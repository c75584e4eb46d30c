import AdapterProtocol
import WireFormats

/// The handshake of Python's `multiprocessing.connection`.
extension Scenario {
  package static let authentication: [Scenario] = [
    keyed("right-key", "both have the key, and then talk", key),
    keyed("right-key-writer-listens", "the side that connects reads", key, listener: .writer),
    // Longer than the block of every digest, so that the key is itself digested first; and every byte in it.
    keyed("long-key", "a key of 256 different bytes", Array(UInt8.min...UInt8.max)),
    keyed("short-key", "a key of one byte", [0]),
    refused("wrong-key", "each has another key", [.writer: key, .reader: Array("other".utf8)], .authkeyWrong),
    refused(
      "no-handshake", "the other sends a message where its challenge should be", [.writer: key], .authkeyBroken,
      steps: [.send(.reader, Message("hello"))]),
    refused(
      "hangs-up", "the other closes the channel instead of a handshake", [.writer: key], .authkeyBroken,
      steps: [.command(.reader, "close channel=c", .ok)]),
  ]

  private static let key = Array("secret".utf8)

  private static func isKeyed(_ channel: Channel) -> Bool {
    // Its peers need not be clients of Python's only; but that is whose handshake it is.
    channel.traits.isConnected && channel.framing == .multiprocessing
  }

  private static func option(_ key: [UInt8]) -> [Field] { [Field(key: "authkey", value: Hex.digits(key.span))] }

  private static func keyed(
    _ name: String, _ summary: String, _ key: [UInt8], listener: Side = .reader
  ) -> Scenario {
    let rules: [Requirement] = [.authkeyOrder, .authkeyAnswerAfterwards, .authkeyNamedChallenge]
    return Scenario(
      name: name, summary: summary, feature: "authkey", checks: { _ in rules }, applies: isKeyed,
      phases: { _, _ in
        let (question, answer) = (Message("question"), Message("answer"))
        return [
          Phase(
            listener: listener, options: [.writer: option(key), .reader: option(key)], requirement: .authkeyOrder,
            steps: [
              .send(.writer, question), .receive(.reader, question), .send(.reader, answer),
              .receive(.writer, answer),
            ])
        ]
      })
  }

  /// Every side that has a key must refuse the other.
  private static func refused(
    _ name: String, _ summary: String, _ keys: [Side: [UInt8]], _ rule: Requirement, steps: [Step] = []
  ) -> Scenario {
    Scenario(
      name: name, summary: summary, feature: "authkey", checks: { _ in [rule] }, applies: isKeyed,
      phases: { _, _ in
        [
          Phase(
            options: keys.mapValues(option), opening: keys.mapValues { _ in .error([.authentication]) },
            requirement: rule, steps: steps), .greeting,
        ]
      })
  }
}
