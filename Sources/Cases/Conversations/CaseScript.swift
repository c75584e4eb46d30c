import AdapterProtocol
import Cases
import WireFormats

/// A phase's steps, made ready to be carried out: who is told what, in which order, and what must come of it.
struct CaseScript {
  enum Item {
    case open(Side, ChannelName, Expectation)
    case openAt(Side, role: String, Place, Expectation)
    case command(Side, Command, Expectation, file: String? = nil, sending: Message? = nil)
    case barrier
    case makeSlot([UInt8])
    case checkSlot([UInt8])
  }

  private(set) var items: [Item] = []
  /// Whether the reader sends.
  let goesBack: Bool
  /// What each side must write, by the vectors; nil where the bytes are not compared as they go by.
  let frames: [Side: [ExpectedFrame]]?
  private let listener: Side
  private let opening: [Side: Expectation]
  private let channel: Channel
  private let folder: String
  private let payloads: PayloadFiles

  /// How many bytes the phase moves.
  let byteCount: Int

  /// Makes the script of a phase.
  ///
  /// - Throws: ``HarnessError`` if a vector is missing.
  init(
    _ phase: Phase, on channel: Channel, vectors: GoldenVectors, folder: String, payloads: PayloadFiles
  ) throws(HarnessError) {
    self.channel = channel
    self.folder = folder
    self.payloads = payloads
    var frames: [Side: [ExpectedFrame]] = [:]
    var byteCount = 0
    var senders: Set<Side> = []
    // Of values the messages are compared when they have arrived, and a handshake has bytes of its own in front.
    let isCompared = channel.traits.isTappable && channel.codec == nil && phase.options.isEmpty
    for case .send(let side, let message) in phase.steps {
      byteCount += message.payload.count
      senders.insert(side)
      guard isCompared else { continue }
      frames[side, default: []].append(try ExpectedFrame(message, in: channel, vectors))
    }
    self.frames = isCompared ? frames : nil
    self.byteCount = byteCount
    goesBack = senders.contains(.reader)
    listener = phase.listener
    opening = phase.opening
    for step in phase.steps { try append(step) }
    func reset(_ side: Side) -> Item { .command(side, Command("reset"), .ok) }
    guard channel.transport == .managerQueue else {
      items += Side.allCases.map(reset)
      return
    }
    // The queue goes with its server, so the client must have its answers and be gone before.
    items += [.barrier, reset(phase.listener.other), .barrier, reset(phase.listener)]
  }

  /// Puts the opening of the link before everything.
  mutating func prepend(_ linkSteps: [LinkStep]) {
    items.insert(
      contentsOf: linkSteps.map { step in
        switch step {
        // A listener listens whatever comes of it; whether its peer was the right one `accept` says.
        case .open(let side, let name): .open(side, name, side == listener ? .ok : opening[side] ?? .ok)
        case .accept(let side):
          .command(
            side, Command("accept", [Field("channel", ChannelName.forward.rawValue)]), opening[side] ?? .ok)
        case .barrier: .barrier
        }
      }, at: 0)
  }

  private mutating func append(_ step: Step) throws(HarnessError) {
    switch step {
    case .send(let side, let message):
      items.append(.command(side, try send(side, message), .ok, sending: message))
    case .refuse(let side, let message, let kind):
      items.append(.command(side, try send(side, message), .error([kind])))
    case .receive(let side, let message):
      let file = message.travelsInFile ? "\(folder)/received-\(items.count)" : nil
      items.append(.command(side, receive(side, file), .message(message), file: file))
    case .receiveEnd(let side):
      items.append(.command(side, receive(side, nil), .end))
    case .receiveFault(let side, let kind):
      items.append(.command(side, receive(side, nil), .error([kind])))
    case .finishSending(let side):
      var fields = [Field("channel", sendingChannel(side))]
      // Elsewhere there is nothing left but to close the channel.
      if channel.traits.canHalfClose { fields.append(Field("how", "write")) }
      items.append(.command(side, Command("close", fields), .ok))
    case .open(let side, let role, let place, let expectation):
      items.append(.openAt(side, role: role, place, expectation))
    case .sendValue(let side, let value, let format):
      let fields = [Field("channel", sendingChannel(side))] + coding(format) + [Field("value", value.tokens)]
      items.append(.command(side, Command("send", fields), .ok))
    case .receiveValue(let side, let expectation, let format):
      let fields = [Field("channel", receivingChannel(side))] + coding(format)
      items.append(.command(side, Command("receive", fields), expectation))
    case .receiveEncoded(let side, let encoding):
      items.append(.command(side, receive(side, nil), .encoding(encoding)))
    case .layout(let record):
      let expected = Expectation.fields(record.reply)
      let command = Command("layout", [Field("record", record.record)])
      items += Side.allCases.map { .command($0, command, expected) }
    case .command(let side, let line, let expectation):
      guard let command = try? Command(parsing: Array(line.utf8)[...]) else {
        // A command that breaks the grammar, such as a key that stands twice, is sent as it is.
        items.append(.command(side, Command(raw: line), expectation))
        return
      }
      items.append(.command(side, command, expectation))
    case .barrier: items.append(.barrier)
    case .makeSlot(let content): items.append(.makeSlot(content))
    case .checkSlot(let content): items.append(.checkSlot(content))
    }
  }

  private func send(_ side: Side, _ message: Message) throws(HarnessError) -> Command {
    let content =
      message.travelsInFile
      ? Field("file", try payloads.path(of: message))
      : Field(key: "payload", value: Hex.digits(message.payload.span))
    return Command("send", [Field("channel", sendingChannel(side)), content])
  }

  private func coding(_ format: String?) -> [Field] {
    (channel.codec.map { [Field("codec", $0.rawValue)] } ?? []) + (format.map { [Field("format", $0)] } ?? [])
  }

  private func receive(_ side: Side, _ file: String?) -> Command {
    let fields = [Field("channel", receivingChannel(side))]
    return Command("receive", fields + (file.map { [Field("file", $0)] } ?? []))
  }

  private func sendingChannel(_ side: Side) -> String {
    (channel.traits.isDuplex || side == .writer ? ChannelName.forward : .back).rawValue
  }

  private func receivingChannel(_ side: Side) -> String {
    (channel.traits.isDuplex || side == .reader ? ChannelName.forward : .back).rawValue
  }
}
