import AdapterProtocol
import WireFormats

/// `timeout=`: whoever waits for a peer that does nothing gets an answer, and can go on afterwards.
extension Scenario {
  package static let silentPeer = Scenario(
    name: "silent-peer", summary: "a receive with a timeout ends when nothing comes, and the next one gets the message",
    feature: "timeout",
    checks: { $0.traits.content == .mappedText ? [.timeoutWithoutWait] : [.timeoutAnswer, .timeoutKeepsChannel] },
    applies: { $0.traits.content != .objects && $0.codec == nil && !$0.traits.carriesOnlyValues },
    phases: { channel, _ in
      let hello = Message("hello")
      // A slot always has an answer.
      guard channel.traits.content != .mappedText else {
        return [
          Phase(steps: [
            .send(.writer, hello), .barrier,
            .command(.reader, "receive channel=c timeout=0", .message(hello), .timeoutWithoutWait),
          ])
        ]
      }
      return [
        Phase(
          requirement: .timeoutKeepsChannel,
          steps: [
            timedOut("receive channel=c timeout=5"), timedOut("receive channel=c timeout=0"),
            timedOut("receive channel=c timeout=0", .timeoutKeepsChannel), .barrier,
            .send(.writer, hello), .receive(.reader, hello),
          ])
      ]
    })

  package static let silentInFrame = Scenario(
    name: "silent-in-frame", summary: "a receive with a timeout ends inside a frame, and the next one has all of it",
    needsTap: true, feature: "timeout",
    checks: { _ in [.timeoutAnswer, .timeoutKeepsChannel] },
    applies: { $0.traits.isStream && $0.codec == nil },
    phases: { channel, vectors throws(HarnessError) in
      let messages = [Message("first"), Message("second")]
      let frames = try messages.map { message throws(HarnessError) in try ExpectedFrame(message, in: channel, vectors) }
      // In the prefix, where there is one, and in the message.
      return [max(1, frames[0].prefix.count - 1), frames[0].prefix.count + 2].map { count in
        Phase(
          faults: [.writer: Hold(after: count, until: frames[0].count + frames[1].count)],
          requirement: .timeoutKeepsChannel,
          steps: [
            .send(.writer, messages[0]), .barrier, timedOut("receive channel=c timeout=5"), .barrier,
            .send(.writer, messages[1]), .receive(.reader, messages[0]), .receive(.reader, messages[1]),
          ])
      }
    })

  package static let acceptTimeout = Scenario(
    name: "accept-timeout", summary: "an accept with a timeout ends when nobody comes, and the next one gets the peer",
    feature: "timeout",
    checks: { _ in [.timeoutAnswer, .timeoutKeepsChannel] },
    // Where every user can connect, somebody else may come while nobody should.
    applies: {
      $0.traits.hasAccept && !$0.traits.isOpenToOthers && $0.codec == nil
        && [.multiprocessing, .none].contains($0.framing)
    },
    phases: { channel, _ in
      let words =
        "channel=c transport=\(channel.transport.rawValue) framing=\(channel.framing.rawValue) address={folder}/late"
      let hello = Message("hello")
      let steps: [Step] = [
        .command(.reader, "open role=listen \(words)", .ok, .openReplyWhenReady),
        timedOut("accept channel=c timeout=5"), timedOut("accept channel=c timeout=0", .timeoutKeepsChannel), .barrier,
        .command(.writer, "open role=connect \(words)", .ok, .timeoutKeepsChannel),
        .command(.reader, "accept channel=c", .ok, .timeoutKeepsChannel), .barrier,
        .command(.writer, "send channel=c payload=\(Hex.text(hello.payload))", .ok, .sendPayload),
        .command(.reader, "receive channel=c", .message(hello), .receiveOneMessage),
      ]
      return [Phase(opensLink: false, steps: steps), .greeting]
    })

  private static func timedOut(_ line: String, _ rule: Requirement = .timeoutAnswer) -> Step {
    .command(.reader, line, .error([.timeout]), rule)
  }
}
