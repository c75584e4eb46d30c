import Journal
import Testing

@testable import Cases

/// A fake of `Fakes/rules.py`, the cases that find it out, and what it is told.
struct RuleBreaker: CustomTestStringConvertible, Sendable {
  let fake: Fake
  let cases: [String]
  /// How long a command may take, in seconds: short where the fake hangs.
  var deadline = 20.0

  var testDescription: String { "\(fake.name) in \(cases[0])" }

  init(_ fake: Fake, _ cases: String..., deadline: Double = 20) {
    (self.fake, self.cases, self.deadline) = (fake, cases, deadline)
  }

  static let unix = "unix+multiprocessing"
  static let fifo = "fifo+multiprocessing"
}

extension Fake {
  /// Does harm only as a writer.
  fileprivate static func writer(
    _ name: String, _ code: FindingCode, _ rule: Requirement?, advice: String? = nil, asReader: Verdict? = nil
  ) -> Fake {
    let verdict = Verdict.of(.writer, code, rule, advice: advice)
    return Fake(name, asWriter: verdict, asReader: asReader, asBoth: verdict)
  }

  /// Does harm only as a reader.
  fileprivate static func reader(_ name: String, _ code: FindingCode, _ rule: Requirement?, advice: String? = nil)
    -> Fake
  {
    let verdict = Verdict.of(.reader, code, rule, advice: advice)
    return Fake(name, asReader: verdict, asBoth: verdict)
  }

  /// Does the same in each part, and the writer is tried first.
  fileprivate static func each(_ name: String, _ code: FindingCode, _ rule: Requirement?, advice: String? = nil) -> Fake
  {
    let verdict = Verdict.of(.writer, code, rule, advice: advice)
    return Fake(
      name, asWriter: verdict, asReader: .of(.reader, code, rule, advice: advice), asBoth: verdict)
  }

  /// Breaks the adapter protocol, or what is around the channel, in each part.
  fileprivate static func adapter(_ name: String, _ code: FindingCode, _ rule: Requirement?) -> Fake {
    Fake(name, always: .of(.adapter, code, rule))
  }
}

extension RuleBreaker {
  static let inLines = [
    RuleBreaker(.adapter("blanks", .badLine, .replyEncoding), "refusals/\(unix)/*/connect-nobody"),
    RuleBreaker(.reader("upper_hex", .wrongReply, .replyHexLowerCase), "messages/\(unix)/*/greeting"),
    RuleBreaker(
      // Of two of them nobody can say which is noticed first.
      Fake(
        "plus_is_blank", asWriter: .of(.writer, .wrongReply, .plusIsPlus),
        asReader: .of(.adapter, .untrueOpen, .plusIsPlus), asBoth: .of(.writer, .adapter)),
      "messages/\(unix)/*/odd-name"),
  ]

  static let inOpening = [
    RuleBreaker(.each("deletes_file", .wrongReply, .listenOnOtherFile), "refusals/\(unix)/*/listen-over-file"),
    RuleBreaker(
      .adapter("deletes_and_refuses", .changedFile, .listenOnOtherFile), "refusals/\(unix)/*/listen-over-file"),
    RuleBreaker(.adapter("connects_to_look", .phantomPeer, .quietProbe), "refusals/\(unix)/*/listen-taken"),
    RuleBreaker(
      // Of two of them nobody can say which is noticed first.
      Fake(
        "takes_empty_address", asWriter: .of(.writer, .wrongReply, .emptyAddress),
        asReader: .of(.reader, .wrongReply, .emptyAddress), asBoth: .of(.writer, .reader)),
      "refusals/\(unix)/*/empty-address"),
    RuleBreaker(.adapter("both_directions", .bothDirections, .fifoOneDirection), "refusals/\(fifo)/*/one-direction"),
    RuleBreaker(.reader("accepts_again", .silent, .secondAccept), "refusals/\(unix)/*/second-accept", deadline: 1),
  ]

  static let inSending = [
    RuleBreaker(
      .writer("unflushed", .untrueSend, .sendReplyWhenTaken, asReader: .of(.adapter, .leftBehind, .resetDescriptors)),
      "messages/\(fifo)/*/greeting", deadline: 1),
    RuleBreaker(
      .writer("unflushed", .untrueSend, .sendReplyWhenTaken, asReader: .of(.reader, .untrueSend, .sendReplyWhenTaken)),
      "messages/\(fifo)/*/request-reply", deadline: 1),
    RuleBreaker(.writer("loses_buffer", .shortStream, .sendPayload), "messages/\(fifo)/*/greeting"),
    RuleBreaker(.writer("writes_once", .shortStream, .sendPayload), "messages/\(unix)/*/size-16777216"),
    RuleBreaker(.writer("sends_no_file", .wrongReply, .sendFile), "messages/\(unix)/*/size-65537"),
    RuleBreaker(.writer("sends_folder", .wrongReply, .sendNoRegularFile), "refusals/\(unix)/*/send-no-file"),
    RuleBreaker(.writer("sends_device", .wrongReply, .sendNoRegularFile), "refusals/\(unix)/*/send-no-file"),
    RuleBreaker(.writer("waits_for_fifo", .silent, .sendNoRegularFile), "refusals/\(unix)/*/send-no-file", deadline: 1),
    RuleBreaker(
      .writer("as_text", .wrongBytes, .messageIsBytes, asReader: .of(.reader, .wrongReply, .messageIsBytes)),
      "messages/\(unix)/*/every-byte"),
    RuleBreaker(
      .writer("prefix", .wrongBytes, .multiprocessingFrame), "messages/\(unix)/*/truncated-frame"),
  ]

  static let inReceiving = [
    RuleBreaker(.reader("eats_cr", .wrongReply, .lineCarriageReturn), "messages/unix+line/*/carriage-return"),
    RuleBreaker(.reader("keeps_nothing", .wrongReply, .messageKept), "messages/\(unix)/*/kept-for-file"),
    RuleBreaker(.reader("appends", .wrongReply, .receiveFileReplaces), "messages/\(unix)/*/receive-over-file"),
    RuleBreaker(.reader("reads_once", .wrongReply, .receiveOneMessage), "messages/\(unix)/*/size-16777216"),
    RuleBreaker(
      Fake(
        "reserves", asReader: .of(.adapter, .tookMemory, .noMemoryForTooLarge),
        asBoth: .of(.adapter, .tookMemory, .noMemoryForTooLarge)), "refusals/\(unix)/*/huge-frame"),
    RuleBreaker(.reader("end_is_error", .wrongReply, .endOfStream), "messages/\(unix)/*/half-close"),
    RuleBreaker(.reader("end_is_empty", .wrongReply, .endOfStream), "messages/\(unix)/*/half-close"),
    RuleBreaker(
      .reader("floods", .surplusBytes, .sendPayload, advice: "Write nothing to a channel but"),
      "messages/\(unix)/*/greeting", deadline: 1),
    RuleBreaker(
      // What comes in the place of a message is a wrong message.
      Fake("floods", asWriter: .of(.writer), asReader: .of(.reader), asBoth: .of(.writer, .reader)),
      "messages/\(unix)/*/request-reply", deadline: 1),
  ]

  static let inWaiting = [
    RuleBreaker(.reader("ignores_timeout", .silent, .timeoutAnswer), "messages/\(unix)/*/silent-peer", deadline: 1),
    RuleBreaker(.reader("ignores_timeout", .silent, .timeoutAnswer), "messages/\(unix)/*/accept-timeout", deadline: 1),
    RuleBreaker(.reader("forgets_partial", .wrongReply, .timeoutKeepsChannel), "messages/\(unix)/*/silent-in-frame"),
    RuleBreaker(.reader("closes_listener", .wrongReply, .timeoutKeepsChannel), "messages/\(unix)/*/accept-timeout"),
    RuleBreaker(
      // The side that finds nobody is not to blame.
      Fake(
        "unlinks_listener", asReader: .of(.adapter, .untrueOpen, .timeoutKeepsChannel),
        asBoth: .of(.adapter, .untrueOpen, .timeoutKeepsChannel)), "messages/\(unix)/*/accept-timeout"),
    RuleBreaker(
      .reader("slot_has_no_timeout", .wrongReply, .timeoutWithoutWait), "messages/file-slot+none/*/silent-peer"),
  ]

  static let inClosing = [
    RuleBreaker(.writer("refuses_how", .wrongReply, .halfCloseUnsupported), "refusals/\(fifo)/*/half-close-one-way"),
    RuleBreaker(.writer("stays_open", .untrueClose, .halfClose), "messages/\(unix)/*/half-close", deadline: 1),
    RuleBreaker(
      .writer("forgets_to_close", .untrueClose, .closeForgets), "messages/\(fifo)/*/end-of-stream", deadline: 1),
    RuleBreaker(.adapter("child", .leftBehind, .resetChildren), "messages/\(unix)/*/greeting"),
    RuleBreaker(
      .each("stops", .stopped, nil, advice: "Find out what stopped it"), "messages/\(unix)/*/greeting", deadline: 1),
  ]
}
