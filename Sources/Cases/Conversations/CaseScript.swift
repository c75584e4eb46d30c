import AdapterProtocol
import WireFormats

/// A phase's steps, made ready: who is told what, in which order, and what must come of it.
package struct CaseScript: Sendable {
  /// One thing to do.
  package enum Item: Sendable {
    /// A side opens one of the link's channels.
    case open(Side, ChannelName, Expectation)
    /// A side opens a channel at a place that the runner prepares.
    case openAt(Side, role: String, Place, Expectation, Requirement?)
    /// A side is given a command.
    case command(Order)
    /// Everything before must be answered first.
    case barrier
    case makeSlot([UInt8])
    case checkSlot([UInt8])
    case makeFifo(String)
    /// A file is made with longer content than any message of the phase.
    case fillFile(String)
    /// The runner looks at a place that it has prepared.
    case checkPlace(Side, Place)
    /// The runner notes how much memory a side has taken.
    case noteMemory(Side)
    /// The runner looks at how much more memory a side has taken since then.
    case checkMemory(Side, limit: Int)
  }

  /// A command for a side.
  package struct Order: Sendable {
    var side: Side
    var command: Command
    var expectation: Expectation
    var requirement: Requirement?
    /// The file that a message comes in.
    var file: String?
    /// The message that is sent.
    var message: Message?
  }

  /// The paths that commands name.
  package struct Paths: Sendable {
    /// The case's folder.
    package var folder: String
    /// The file with a message's bytes.
    package var payload: @Sendable (Message) throws(HarnessError) -> String

    package init(folder: String, payload: @escaping @Sendable (Message) throws(HarnessError) -> String) {
      self.folder = folder
      self.payload = payload
    }
  }

  /// What is done, in order.
  package private(set) var items: [Item] = []
  /// Whether the reader sends.
  package let goesBack: Bool
  /// What each side must write, by the vectors; nil where the bytes are not compared as they go by.
  package let frames: [Side: [ExpectedFrame]]?
  /// How many bytes the phase moves.
  package let byteCount: Int
  /// Who listens, on a transport where one side does.
  package let listener: Side
  /// The rule that is broken if the link cannot be opened, where the scenario says so.
  package var requirement: Requirement? { phase.requirement }
  private let phase: Phase
  private let channel: Channel
  private let paths: Paths

  /// Makes the script of a phase.
  ///
  /// - Throws: ``HarnessError`` if a vector is missing.
  package init(_ phase: Phase, on channel: Channel, vectors: GoldenVectors, paths: Paths) throws(HarnessError) {
    self.phase = phase
    self.channel = channel
    self.paths = paths
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
    for case .checkMemory(let side, _) in phase.steps { items.append(.noteMemory(side)) }
    for step in phase.steps { try append(step) }
    appendResets()
  }

  /// Puts the opening of the link in front of everything.
  package mutating func prepend(_ linkSteps: [LinkStep]) {
    items.insert(
      contentsOf: linkSteps.map { step in
        switch step {
        // `open` of a listener does not depend on its peer; whether it was the right one `accept` says.
        case .open(let side, let name): .open(side, name, side == listener ? .ok : phase.opening[side] ?? .ok)
        case .accept(let side):
          order(
            side, Command("accept", [Field("channel", ChannelName.forward.rawValue)]), phase.opening[side] ?? .ok,
            phase.opening[side] == nil ? .acceptWaits : nil)
        case .barrier: .barrier
        }
      }, at: 0)
  }

  private mutating func appendResets() {
    func reset(_ side: Side) -> Item { order(side, Command("reset"), .ok, .resetForgets) }
    guard channel.traits.content == .objects else {
      items += Side.allCases.map(reset)
      return
    }
    // The queue goes with its server, so the client must have its answers and be gone before.
    items += [.barrier, reset(phase.listener.other), .barrier, reset(phase.listener)]
  }

  private mutating func append(_ step: Step) throws(HarnessError) {
    switch step {
    case .send(let side, let message):
      let requirement: Requirement = message.travelsInFile ? .sendFile : .sendPayload
      items.append(order(side, try send(side, message), .ok, requirement, message: message))
    case .refuse(let side, let message, let kind):
      items.append(
        order(side, try send(side, message), .error([kind]), kind == .tooLarge ? .sendTooLarge : .sendMalformed))
    case .receive(let side, let message):
      let file = message.travelsInFile ? receivedFile : nil
      items.append(order(side, receive(side, file), .message(message), nil, file: file))
    case .receiveIntoFile(let side, let message):
      let file = "\(paths.folder)/filled"
      items.append(.fillFile(file))
      items.append(order(side, receive(side, file), .message(message), .receiveFileReplaces, file: file))
    case .receiveEnd(let side):
      items.append(order(side, receive(side, nil), .end, .endOfStream))
    case .receiveFault(let side, let kind, let requirement):
      items.append(order(side, receive(side, nil), .error([kind]), requirement))
    case .finishSending(let side):
      var fields = [Field("channel", sendingChannel(side))]
      // Elsewhere there is nothing left but to close the channel.
      if channel.traits.canHalfClose { fields.append(Field("how", "write")) }
      items.append(order(side, Command("close", fields), .ok, channel.traits.canHalfClose ? .halfClose : .closeForgets))
    case .open(let side, let role, let place, let expectation, let requirement):
      items.append(.openAt(side, role: role, place, expectation, requirement))
    case .sendValue(let side, let value, let format):
      let fields = [Field("channel", sendingChannel(side))] + coding(format) + [Field("value", value.tokens)]
      items.append(order(side, Command("send", fields), .ok, nil))
    case .receiveValue(let side, let expectation, let format):
      let fields = [Field("channel", receivingChannel(side))] + coding(format)
      items.append(order(side, Command("receive", fields), expectation, nil))
    case .receiveEncoded(let side, let encoding):
      items.append(order(side, receive(side, nil), .encoding(encoding), nil))
    case .layout(let record):
      let command = Command("layout", [Field("record", record.record)])
      items += Side.allCases.map { order($0, command, .fields(record.reply), .layoutForm) }
    case .command(let side, let line, let expectation, let requirement):
      // A command that breaks the grammar, such as a key that occurs twice, is sent as it is.
      let filled = line.replacing("{folder}", with: paths.folder)
      let command = (try? Command(parsing: Array(filled.utf8)[...])) ?? Command(raw: filled)
      items.append(order(side, command, expectation, requirement))
    case .barrier: items.append(.barrier)
    case .makeSlot(let content): items.append(.makeSlot(content))
    case .checkSlot(let content): items.append(.checkSlot(content))
    case .makeFifo(let name): items.append(.makeFifo("\(paths.folder)/\(name)"))
    case .checkPlace(let side, let place): items.append(.checkPlace(side, place))
    case .checkMemory(let side, let limit): items.append(.checkMemory(side, limit: limit))
    }
  }

  private var receivedFile: String { "\(paths.folder)/received-\(items.count)" }

  private func order(
    _ side: Side, _ command: Command, _ expectation: Expectation, _ requirement: Requirement?, file: String? = nil,
    message: Message? = nil
  ) -> Item {
    .command(
      Order(
        side: side, command: command, expectation: expectation, requirement: requirement ?? phase.requirement,
        file: file, message: message))
  }

  private func send(_ side: Side, _ message: Message) throws(HarnessError) -> Command {
    let content =
      message.travelsInFile
      ? Field("file", try paths.payload(message))
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
