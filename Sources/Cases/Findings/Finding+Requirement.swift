package import AdapterProtocol
import WireFormats

extension Finding {
  /// The rule of the protocol that is broken; nil where it is about none.
  ///
  /// - Parameter channel: the case's channel, for rules that depend on it.
  /// - Returns: the rule.
  package func requirement(on channel: Channel?) -> Requirement? {
    switch self {
    case .badLine(_, let fault, _), .noHello(_, .badLine(let fault, _), _): fault.requirement
    case .ended: .livesOnAfterError
    case .untrueOpen(_, _, let rule): rule ?? .openReplyWhenReady
    case .untrueSend: .sendReplyWhenTaken
    case .untrueClose(_, let command, _):
      command?.fields.contains { $0.key == "how" } ?? false ? .halfClose : .closeForgets
    case .declaredRefused: .declaredWorks
    case .leftBehind(_, let leaks): leaks.first?.requirement
    case .leftFiles: .resetSocketFiles
    case .surroundings(_, .phantomPeer, _): .quietProbe
    case .surroundings(_, .changedFile, _): .listenOnOtherFile
    case .surroundings(_, .bothDirections, _): .fifoOneDirection
    case .surroundings(_, .tookMemory(_, let rule), _): rule ?? .noMemoryForTooLarge
    case .stopped: nil
    case .bothWrite(let sides, let hanging): sides.first.flatMap { hanging[$0]?.rule(channel) } ?? .receiveOneMessage
    case .silent(let side, let hanging): hanging[side]?.rule(channel)
    // Text in place of bytes is longer, and so has another length in front.
    case .wrongBytes(_, _, _, let answer?) where answer.mismatch?.kind == .textForBytes: .messageIsBytes
    case .wrongBytes(_, let place, _, _): place.requirement(on: channel)
    case .shortStream, .fewerBytes: .sendPayload
    case .surplusBytes: .sendPayload
    case .agreement(_, .wire): channel.map { .framing($0.framing) }
    case .agreement(_, .slot), .wrongSlot: .slotImage
    case .slotNotCleared: .slotReplaced
    case .wrongEncoding: channel?.codec.map { .codec($0) }
    case .inventedMessage: .receiveOneMessage
    case .wrongReply(let exchange), .undecided(let exchange, _): exchange.rule(on: channel)
    case .hungUp: .receiveOneMessage
    case .layoutsAgree: .layoutVerb
    case .silentPeer(_, let command, _): command.flatMap { Requirement.verb($0) }
    case .uncleanEnd: .endOfInput
    case .noHello: .helloReply
    case .of, .noOutput, .noPlace, .silentProgram, .stuckProgram, .otherEnd, .endedBefore, .unusable, .harness: nil
    }
  }
}

extension WirePlace {
  /// The rule that tells which bytes are here.
  fileprivate func requirement(on channel: Channel?) -> Requirement? {
    switch part {
    case .prefix, .suffix: channel.map { .framing($0.framing) }
    case .payload: .messageIsBytes
    case .beyond: .sendPayload
    }
  }
}

extension Leak {
  /// The rule that forbids it.
  fileprivate var requirement: Requirement {
    switch self {
    case .descriptor: .resetDescriptors
    case .child: .resetChildren
    case .map, .sharedMemory: .resetMappings
    }
  }
}

extension LineFault {
  /// The rule that is broken.
  package var requirement: Requirement {
    switch self {
    case .byteOrderMark, .unasked, .banner: .nothingButReplies
    case .otherEncoding, .blankInValue: .replyEncoding
    case .carriageReturn: .replyLineFeed
    case .tooLong: .longestReply
    case .cutOff: .flushedReply
    case .notAReply(let reason):
      switch reason {
      case .badByte: .replyEncoding
      case .noKind, .unknownKind: .kindOfTheTable
      case .noReply: .nothingButReplies
      case .byteOrderMark: .nothingButReplies
      case .carriageReturn: .replyLineFeed
      case .noVerb, .notAField, .notAKey, .repeatedKey, .refusedHello, .otherVersion, .missingKey: .replyGrammar
      }
    }
  }
}

extension Hanging.Part {
  /// The rule that an endpoint breaks which does not answer what it was told.
  fileprivate func rule(_ channel: Channel?) -> Requirement? {
    if state?.holdsFifoBothWays ?? false { return .fifoOneDirection }
    if case .end = expectation { return .endOfStream }
    return requirement ?? command.flatMap { Requirement.verb($0) }
  }
}

extension Observation.Exchange {
  /// The rule that a wrong reply breaks.
  func rule(on channel: Channel?) -> Requirement? {
    switch mismatch?.kind {
    case .notHex: return .replyHexLowerCase
    case .noEnd: return .endOfStream
    // A carriage return that is missing at the end of a line was not cut off by a read.
    case .cutMessage where requirement == .lineCarriageReturn: return requirement
    case .cutMessage: return isReceiving ? .receiveOneMessage : requirement
    case .textForBytes: return .messageIsBytes
    case .oldContent: return .receiveFileReplaces
    case .wrongLength: return .receiveFile
    case .otherFields where command.verb == "layout": return .layoutForm
    case .otherKind where requirement == nil: return .kindOfTheTable
    case .refused, .accepted, .otherKind, .earlyEnd, .noAnswer, .otherMessage, .otherValue, .otherFields, nil: break
    }
    if let requirement { return requirement }
    if let codec = channel?.codec, command.fields.contains(where: { $0.key == "codec" }) { return .codec(codec) }
    if let rule = channel?.paragraph { return rule }
    if mismatch?.kind == .otherMessage, isReceiving { return .messageIsBytes }
    return Requirement.verb(command)
  }
}

extension Channel {
  /// The rule of a transport that is a paragraph to be followed word by word.
  fileprivate var paragraph: Requirement? {
    switch traits.content {
    case .mappedText: .slotText
    case .mappedMessage: .cellReceiveOrder
    case .mappedBytes: .memoryReceive
    case .objects: .managerQueueTransport
    case .stream, .packets: nil
    }
  }
}

extension Requirement {
  /// What a command's verb is for.
  package static func verb(_ command: Command) -> Requirement? {
    let hasFile = command.fields.contains { $0.key == "file" }
    switch command.verb {
    case "hello": return .helloReply
    case "open": return .openReplyWhenReady
    case "accept": return .acceptWaits
    case "send": return hasFile ? .sendFile : .sendPayload
    case "receive": return hasFile ? .receiveFile : .receiveOneMessage
    case "close": return command.fields.contains { $0.key == "how" } ? .halfClose : .closeForgets
    case "reset": return .resetForgets
    case "layout": return .layoutVerb
    case "call": return .callResult
    default: return nil
    }
  }
}
