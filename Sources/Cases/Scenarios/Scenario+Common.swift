import AdapterProtocol

extension Scenario {
  /// The rules that every case checks in which both sides open a channel, whatever else it does.
  package static func common(_ channel: Channel) -> [Requirement] {
    [
      .oneReplyALine, .severalCommandsAtOnce, .flushedReply, .nothingButReplies, .replyGrammar, .replyLineFeed,
      .longestReply, .declaredWorks, .openReplyWhenReady, .resetForgets, .resetDescriptors, .resetChildren,
      .transport(channel.transport), .framing(channel.framing),
    ] + (channel.traits.hasSocketFile ? [.resetSocketFiles] : []) + (channel.traits.isMapped ? [.resetMappings] : [])
      + (channel.codec.map { [.codec($0)] } ?? [])
  }

  /// Every rule that a case on a channel checks, each once.
  package func requirements(on channel: Channel) -> [Requirement] {
    var seen: Set<Requirement> = []
    return (checks(channel) + Self.common(channel)).filter { seen.insert($0).inserted }
  }
}
