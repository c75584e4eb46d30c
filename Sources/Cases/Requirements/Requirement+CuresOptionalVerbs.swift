extension Requirement {
  /// Rules of the page optional-verbs.
  static let optionalVerbCures: [Requirement: String] = [
    .echoVerb: "Receive and send on the channel count times, then answer ok.",
    .pingVerb: "Send size bytes and receive the answer, count times, then answer ok nanoseconds=N.",
    .layoutVerb: "Ask the compiler for size, alignment and offsets instead of computing them.",
    .countRange: "Read count as digits only, and refuse what is not 1 to 10000000 with kind=usage.",
    .pingTime: "Read a monotonic clock before the first send and after the last receive, and answer the difference.",
    .pingContent: "Fill the message with a byte that every framing can carry, such as a letter.",
    .endInLoop: "Answer kind=closed, not ok end=true, when the stream ends before the last round.",
    .loopsOnOneWay: "Refuse echo and ping with kind=usage where a channel does not go both ways.",
    .layoutForm:
      "Write the fields as NAME:OFFSET in the order of layouts.yml, and count the padding at the end into size.",
    .unknownRecord: "Refuse a record that you do not know with kind=unsupported.",
  ]
}
