import AdapterProtocol
import Cases
import WireFormats

/// Lines and words that are refused while nothing is open.
extension Nonsense {
  /// What is wrong with the line itself, or comes first of two things that are wrong.
  static let lines: [Nonsense] = [
    Nonsense("a line that ends with CR LF", "hello\r", .usage, breaking: .carriageReturn),
    Nonsense("a blank in front of a line", " reset", .usage, breaking: .blanks),
    Nonsense("a blank at the end of a line", "reset ", .usage, breaking: .blanks),
    Nonsense(
      "keys in another order", "open framing=line address=/x role=listen transport=carrier-pigeon channel=c",
      .unsupported, breaking: .keysInAnyOrder),
    // Judged by what is wrong with it, an unknown transport, it has been read.
    Nonsense("a command of 262144 bytes", long(Command.longestLine), .unsupported, breaking: .longestCommand),
    Nonsense("a command of 262145 bytes", long(Command.longestLine + 1), .usage, breaking: .tooLongCommand),
    Nonsense(
      "a repeated key, and an unknown transport", "\(pigeon) channel=c", .usage, breaking: .badLineFirst),
    Nonsense("an unknown key, and an unknown transport", "\(pigeon) colour=blue", .usage, breaking: .unknownKey),
    Nonsense("a limit that is no number", "\(pigeon) limit=much", .usage, breaking: .valueForm),
    Nonsense("a limit with a sign", "\(pigeon) limit=+5", .usage, breaking: .numberForm),
    Nonsense("a limit with zeros in front", "\(pigeon) limit=005", .usage, breaking: .numberForm),
    Nonsense("a limit of 2147483648", "\(pigeon) limit=2147483648", .usage, breaking: .limitRange),
    Nonsense("a limit of 0, and an unknown transport", "\(pigeon) limit=0", .usage, breaking: .keysBeforeWords),
    Nonsense(
      "no framing, and an unknown transport", "open channel=c transport=carrier-pigeon role=listen address=/x",
      .usage, breaking: .keysBeforeWords),
    Nonsense(
      "a channel's name of 17 letters",
      "open channel=abcdefghijklmnopq transport=carrier-pigeon role=listen address=/x framing=line", .usage,
      breaking: .channelName),
    Nonsense("an unknown value of how", "close channel=c how=softly", .usage, breaking: .unknownHow),
    Nonsense("two sources of a message", "send channel=c payload=00 file=/x", .usage, breaking: .oneSourceOfMessage),
    Nonsense("a timeout that is no number", "receive channel=c timeout=soon", .usage, breaking: .queueTimeoutRange),
  ]

  private static let pigeon = "open channel=c transport=carrier-pigeon role=listen address=/x framing=line"

  /// An `open` with an unknown transport that has so many bytes.
  private static func long(_ length: Int) -> String {
    let (head, tail) = ("open channel=c transport=carrier-pigeon role=listen address=/", " framing=line")
    return head + String(repeating: "x", count: length - head.utf8.count - tail.utf8.count) + tail
  }

  /// Addresses, options and framings that a declared transport refuses.
  ///
  /// - Parameters:
  ///   - transport: which.
  ///   - framings: the names of the framings that are declared.
  ///   - file: the path of a regular file with a few bytes.
  /// - Returns: them, each with its rule.
  static func opening(_ transport: Transport, framings: [String], file: String) -> [Nonsense] {
    // With a framing that is not declared, the refusal would be about that.
    let known = transport.traits.framings
    guard let framing = known.first(where: { framings.contains($0.rawValue) || $0 == .none }) else { return [] }
    let (first, second) = transport.traits.roles.names
    func open(_ role: String, _ address: String, _ more: String = "", framing other: String? = nil) -> String {
      let words = "channel=c transport=\(transport.rawValue) role=\(role) address=\(address)"
      return "open \(words) framing=\(other ?? framing.rawValue)\(more)"
    }
    func refused(
      _ title: String, _ role: String, _ address: String, _ more: String = "", _ kind: ErrorKind = .usage,
      _ rule: Requirement
    ) -> Nonsense {
      Nonsense("\(title) on \(transport.rawValue)", open(role, address, more), kind, breaking: rule)
    }
    let another: (String, Requirement) =
      switch transport.traits.content {
      case .stream: ("none", .framingNoneOnStream)
      case .objects: ("line", .framingOnQueues)
      case .packets, .mappedText, .mappedMessage, .mappedBytes: ("line", .framingOnPackets)
      }
    return [
      Nonsense(
        "the framing \(another.0) on \(transport.rawValue)", open(first, "/x", needed(transport), framing: another.0),
        .unsupported,
        breaking: another.1),
      refused("an unknown role and no address", "sing", "", needed(transport), .unsupported, .wordsBeforeAddress),
    ]
      + [first, second].map {
        refused("an option of another", $0, "/x", option(transport), .usage, .optionOfAnotherTransport)
      }
      + addresses(transport, file: file).map { title, role, address, more, kind, rule in
        refused(title, role, address, more, kind, rule)
      }
  }

  private typealias Row = (String, String, String, String, ErrorKind, Requirement)

  /// Keys without which a transport refuses everything.
  private static func needed(_ transport: Transport) -> String {
    switch transport {
    case .managerQueue: " authkey=6b"
    case .spawnQueue: " lock=/none"
    default: ""
    }
  }

  private static func option(_ transport: Transport) -> String {
    needed(transport) + (transport == .sharedMemory ? " queue=get" : " size=8")
  }

  private static func addresses(_ transport: Transport, file: String) -> [Row] {
    switch transport {
    case .tcp:
      [
        ("another host", "listen", "10.0.0.1:0", "", .usage, .tcpLoopbackOnly),
        ("another host", "connect", "localhost:7", "", .usage, .tcpLoopbackOnly),
        ("connecting to port 0", "connect", "127.0.0.1:0", "", .usage, .tcpConnectPortZero),
        ("a port of 65536", "listen", "127.0.0.1:65536", "", .usage, .addressForm),
        ("an address without a port", "listen", "127.0.0.1", "", .usage, .addressForm),
        ("a port with a sign", "listen", "127.0.0.1:+0", "", .usage, .addressForm),
      ]
    case .unixAbstract:
      [
        ("an empty name", "listen", "@", "", .usage, .abstractEmptyName),
        ("an empty name", "connect", "@", "", .usage, .abstractEmptyName),
        ("a name of 108 bytes", "listen", "@\(String(repeating: "n", count: 108))", "", .usage, .abstractNameTooLong),
        ("a name without @", "listen", "name", "", .usage, .addressForm),
      ]
    case .dotnetPipe:
      [
        ("a name with a slash", "listen", "a/b", "", .usage, .dotnetPipeName),
        ("the name anonymous", "connect", "anonymous", "", .usage, .dotnetPipeName),
        ("the name Anonymous", "listen", "Anonymous", "", .usage, .dotnetPipeName),
      ]
    case .fifo: [("a regular file", "read", file, "", .usage, .notAFifo)]
    case .pipe, .socketpair:
      ["0", "1", "2"].map { ("descriptor \($0)", "read", $0, "", .usage, .standardStreams) } + [
        ("a descriptor that is not open", "read", "987", "", .missing, .inheritedMissing),
        ("a word for a number", "write", "three", "", .usage, .addressForm),
        ("descriptor 2147483648", "read", "2147483648", "", .usage, .descriptorTooLarge),
      ]
    case .fileCell:
      [
        ("a file of a few bytes", "read", file, "", .malformed, .cellShort),
        ("a file that is not there", "read", "\(file).none", "", .missing, .cellMissing),
      ]
    case .sharedMemory:
      [
        ("a name without a slash", "read", "memory", "", .usage, .memoryOtherAddress),
        ("size as a reader", "read", "/parley.none", " size=8", .usage, .memorySizeUsage),
        ("size of a file", "write", file, " size=8", .usage, .memorySizeUsage),
        ("a name that nobody has made", "read", "/parley.none", "", .missing, .missingKind),
        ("descriptor 0", "read", "0", "", .usage, .standardStreams),
        ("a lock that is not there", "read", file, " lock=/parley.none", .missing, .memoryLockMissing),
        ("a part that is not there", "read", file, " offset=100 length=5", .malformed, .memoryPartMissing),
      ]
    case .managerQueue:
      [
        ("no key", "listen", "127.0.0.1:7", "", .usage, .queueNeedsKey),
        ("an empty key", "listen", "127.0.0.1:7", " authkey=", .usage, .authkeyForm),
        ("port 0", "listen", "127.0.0.1:0", " authkey=6b", .usage, .queuePortZero),
        ("port 0", "connect", "127.0.0.1:0", " authkey=6b", .usage, .queuePortZero),
      ]
    case .spawnQueue: [("no lock", "read", "/x", "", .usage, .spawnNeedsLock)]
    case .unix, .unixSeqpacket, .unixDatagram, .fileSlot: []
    }
  }
}
