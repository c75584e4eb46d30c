import AdapterProtocol
import Cases
import WireFormats

/// What is refused on channels that are open.
extension Nonsense {
  /// On a connection, channel `d`, by what the adapter has besides.
  static func aboutConnection(codecs: [String], features: [String]) -> [Nonsense] {
    let always = [
      Nonsense("HEX in upper case", "send channel=d payload=AB", .usage, breaking: .hexReading),
      Nonsense("HEX of an odd number of digits", "send channel=d payload=0", .usage, breaking: .hexReading),
      Nonsense("HEX with a prefix", "send channel=d payload=0x00", .usage, breaking: .hexReading),
      Nonsense(
        "open of a channel that is open, with an unknown transport",
        "open channel=d transport=carrier-pigeon role=listen address=/x framing=line", .usage,
        breaking: .channelBeforeWords),
      Nonsense("accept where nobody listens", "accept channel=d", .usage, breaking: .acceptWithoutListener),
      Nonsense("two blanks in a row", "send  channel=d payload=00", .usage, breaking: .blanks),
      Nonsense("payload and file", "send channel=d payload=00 file=/x", .usage, breaking: .oneSourceOfMessage),
      Nonsense("an unknown value of how", "close channel=d how=read", .usage, breaking: .unknownHow),
    ]
    let waiting =
      features.contains("timeout")
      ? [
        Nonsense("a receive that nothing comes for", "receive channel=d timeout=0", .timeout, breaking: .timeoutAnswer)
      ]
      : [
        Nonsense(
          "a timeout that features does not list", "receive channel=d timeout=5", .usage, breaking: .timeoutElsewhere)
      ]
    let loops = [
      Nonsense("a count of 0", "echo channel=d count=0", .usage, breaking: .countRange),
      Nonsense("a count of 10000001", "ping channel=d count=10000001 size=1", .usage, breaking: .countRange),
      Nonsense("a record that nobody knows", "layout record=none", .unsupported, breaking: .unknownRecord),
      Nonsense(
        "call elsewhere than on a manager-queue", "call channel=d method=qsize", .usage, breaking: .callElsewhere),
    ]
    return always + waiting + loops.filter { features.contains($0.command.verb) }
      + codecs.compactMap(Codec.init).flatMap(values)
  }

  /// Values that a codec refuses to send.
  private static func values(_ codec: Codec) -> [Nonsense] {
    func send(_ title: String, _ value: String, _ kind: ErrorKind = .malformed, breaking rule: Requirement) -> Nonsense
    {
      Nonsense("\(title) as \(codec.rawValue)", "send channel=d codec=\(codec.rawValue) \(value)", kind, breaking: rule)
    }
    func receive(_ title: String, _ more: String, _ rule: Requirement) -> Nonsense {
      let format = codec == .structure ? " format=i" : ""
      return Nonsense(
        "\(title) for \(codec.rawValue)", "receive channel=d codec=\(codec.rawValue)\(more)\(format)", .usage,
        breaking: rule)
    }
    let deep = String(repeating: "list:1,", count: 201) + "null"
    let long = String(repeating: "9", count: 20_001)
    let format = codec == .structure ? " format=i" : ""
    let always = [
      receive("a file", " file=/x", .codecWithFile),
      send("a value that is none", "value=list:2,null\(format)", .usage, breaking: .valueUnreadable),
      send("a value of another word", "value=number:1\(format)", .usage, breaking: .valueUnreadable),
      send("a value nested 201 deep", "value=\(deep)\(format)", .usage, breaking: .valueTooDeep),
      send("an int of 20001 digits", "value=tuple:1,int:\(long)\(format)", .usage, breaking: .intTooLong),
      codec == .structure
        ? send("no format", "value=tuple:1,int:1", .usage, breaking: .formatKey)
        : send("a format", "value=null format=i", .usage, breaking: .formatKey),
    ]
    switch codec {
    case .json:
      return always + [
        send("bytes", "value=bytes:00", breaking: .valueNotCarried),
        send("a set", "value=set:1,int:1", breaking: .valueNotCarried),
        send("a name that is no text", "value=map:1,int:1,null", breaking: .valueNotCarried),
      ]
    case .pickle: return always + [send("an f32", "value=f32:00000000", breaking: .valueNotCarried)]
    case .structure:
      return always + [
        send("256 in a byte", "format=B value=tuple:1,int:256", breaking: .structOutOfRange),
        send("a text for a number", "format=i value=tuple:1,text:61", breaking: .structOtherKind),
        send("a pointer", "format=P value=tuple:1,int:1", .usage, breaking: .structFormat),
      ]
    case .shareableList, .shareableList38:
      return always + [
        send("a NUL at the end", "value=list:1,text:6100", breaking: .listTrailingNul),
        send("an int of 65 bits", "value=list:1,int:9223372036854775808", breaking: .listIntTooLarge),
        send("a map", "value=map:0", breaking: .valueNotCarried),
        // Seven letters of two bytes each, for which Python has a slot of eight.
        send(
          "a text longer than its slot", "value=list:1,text:\(String(repeating: "c3a9", count: 7))",
          breaking: .listTextTooLong),
      ]
    }
  }

  /// On a connection with `framing=line` and `limit=2`, channel `e`.
  static func aboutShortLine(file: String) -> [Nonsense] {
    [
      Nonsense("a file larger than the limit", "send channel=e file=\(file)", .tooLarge, breaking: .sendFileTooLarge),
      Nonsense(
        "HEX that is none, and longer than the limit", "send channel=e payload=gggggggg", .usage,
        breaking: .hexBeforeLimit),
      Nonsense(
        "a line feed in a line that is longer than the limit", "send channel=e payload=610a62", .tooLarge,
        breaking: .limitBeforeFraming),
      Nonsense("a line feed in a line", "send channel=e payload=0a", .malformed, breaking: .sendMalformed),
      Nonsense("a message over the limit", "send channel=e payload=616161", .tooLarge, breaking: .sendTooLarge),
    ]
  }

  /// On a channel that goes one way: `s` sends, `r` receives.
  static func aboutOneWay(_ transport: Transport, features: [String]) -> [Nonsense] {
    let on = "on \(transport.rawValue)"
    let isDatagram = transport == .unixDatagram
    let refused = [
      Nonsense(
        "receive where a channel sends, \(on)", "receive channel=s", .usage,
        breaking: isDatagram ? .datagramDirection : .receiveWrongDirection),
      Nonsense(
        "send where a channel receives, \(on)", "send channel=r payload=61", .usage,
        breaking: isDatagram ? .datagramDirection : .sendWrongDirection),
      Nonsense(
        "a message that is too large, where a channel receives, \(on)",
        "send channel=r payload=\(String(repeating: "61", count: 5000))", .usage, breaking: .channelBeforeMessage),
      Nonsense("how=write \(on)", "close channel=s how=write", .unsupported, breaking: .halfCloseUnsupported),
      Nonsense(
        "accept \(on)", "accept channel=r", .usage, breaking: isDatagram ? .datagramNoAccept : .acceptWithoutListener),
    ]
    let loops = [
      Nonsense(
        "echo \(on)", "echo channel=r count=1", .usage, breaking: isDatagram ? .datagramNoLoops : .loopsOnOneWay),
      Nonsense(
        "ping \(on)", "ping channel=s count=1 size=1", .usage, breaking: isDatagram ? .datagramNoLoops : .loopsOnOneWay),
    ]
    let size =
      transport == .fileCell
      ? [
        Nonsense(
          "a message of 4033 bytes \(on)", "send channel=s payload=\(String(repeating: "61", count: 4033))", .tooLarge,
          breaking: .cellTooLong)
      ] : []
    return refused + size + loops.filter { features.contains($0.command.verb) }
  }

  /// On the server of a queue, channel `c`.
  static func aboutManager(features: [String]) -> [Nonsense] {
    [
      Nonsense("accept on manager-queue", "accept channel=c", .usage, breaking: .queueNoAccept),
      Nonsense(
        "how=write on manager-queue", "close channel=c how=write", .unsupported, breaking: .halfCloseUnsupported),
      Nonsense("a timeout of 86400001", "receive channel=c timeout=86400001", .usage, breaking: .queueTimeoutRange),
    ]
      + (features.contains("call")
        ? [
          Nonsense("call on the server of a queue", "call channel=c method=qsize", .usage, breaking: .callElsewhere)
        ] : [])
  }
}
