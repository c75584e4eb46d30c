import AdapterProtocol
import WireFormats

/// The commands and checks of a phase, in order, with the expected replies.
package struct CaseScript: Sendable {
  /// One step of the script.
  package enum Item: Sendable {
    /// A side opens one of the link's channels.
    case open(Side, ChannelName, Expectation)
    /// A side opens a channel at a place that the runner prepares.
    case openAt(Side, role: String, Place, Expectation, Requirement?)
    /// A side gets a command.
    case command(Order)
    /// All earlier commands must have their reply first.
    case barrier
    /// The commands to one side must have their replies first.
    case replies(Side)
    case makeSlot([UInt8])
    case checkSlot([UInt8])
    case makeFifo(String)
    /// The runner creates a file with more content than any message of the phase.
    case fillFile(String)
    /// The runner checks a place that it has prepared.
    case checkPlace(Side, Place)
    /// The runner records a side's peak memory.
    case noteMemory(Side, Memory)
    /// The runner checks how much a side's peak memory has grown since the record.
    case checkMemory(Side, Memory, limit: Int)
  }

  /// A command for a side.
  package struct Order: Sendable {
    var side: Side
    var command: Command
    var expectation: Expectation
    var requirement: Requirement?
    /// The file into which a message is received.
    var file: String?
    /// The message to send.
    var message: Message?
  }

  /// The paths for commands.
  package struct Paths: Sendable {
    /// The path of the case's folder.
    package var folder: String
    /// Returns the path of the file with a message's bytes.
    package var payload: @Sendable (Message) throws(HarnessError) -> String

    package init(folder: String, payload: @escaping @Sendable (Message) throws(HarnessError) -> String) {
      self.folder = folder
      self.payload = payload
    }
  }

  /// The steps, in order.
  package private(set) var items: [Item] = []
  /// Whether the reader sends.
  package let goesBack: Bool
  /// What each side must write according to the vectors; nil if the bytes are not compared in the tap.
  package let frames: [Side: [ExpectedFrame]]?
  /// The number of bytes that the phase moves.
  package let byteCount: Int
  /// The listening side, on a transport with a listener.
  package let listener: Side
  /// The requirement that is broken if the link cannot be opened, if the scenario names one.
  package var requirement: Requirement? { phase.requirement }
  private let phase: Phase
  private let channel: Channel
  private let paths: Paths

  /// Creates the script of a phase.
  ///
  /// - Throws: ``HarnessError`` if a vector is missing.
  package init(_ phase: Phase, on channel: Channel, vectors: GoldenVectors, paths: Paths) throws(HarnessError) {
    self.phase = phase
    self.channel = channel
    self.paths = paths
    var frames: [Side: [ExpectedFrame]] = [:]
    var byteCount = 0
    var senders: Set<Side> = []
    // Values are compared after they are received, and a handshake sends other bytes before the messages.
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
    for case .checkMemory(let side, let memory, _) in phase.steps { items.append(.noteMemory(side, memory)) }
    for step in phase.steps { try append(step) }
    appendResets()
  }

  /// Inserts the steps that open the link at the beginning.
  package mutating func prepend(_ linkSteps: [LinkStep]) {
    items.insert(
      contentsOf: linkSteps.map { step in
        switch step {
        // A listener's `open` does not depend on the peer, so the phase's expectation is for its `accept`.
        case .open(let side, let name): .open(side, name, side == listener ? .ok : phase.opening[side] ?? .ok)
        case .accept(let side):
          order(
            side, Command("accept", [Field("channel", ChannelName.forward.rawValue)]), phase.opening[side] ?? .ok,
            phase.opening[side] == nil ? .acceptWaits : nil)
        case .barrier: .barrier
        case .replies(let side): .replies(side)
        }
      }, at: 0)
  }

  private mutating func appendResets() {
    func reset(_ side: Side) -> Item { order(side, Command("reset"), .ok, .resetForgets) }
    guard channel.traits.content == .objects else {
      items += Side.allCases.map(reset)
      return
    }
    // The queue ends with its server, so the client must have its replies and close first.
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
      // Without half-close, closing the channel is the only way.
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
      let command = Command(line: line.replacing("{folder}", with: paths.folder))
      items.append(order(side, command, expectation, requirement))
    case .barrier: items.append(.barrier)
    case .makeSlot(let content): items.append(.makeSlot(content))
    case .checkSlot(let content): items.append(.checkSlot(content))
    case .makeFifo(let name): items.append(.makeFifo("\(paths.folder)/\(name)"))
    case .checkPlace(let side, let place): items.append(.checkPlace(side, place))
    case .checkMemory(let side, let memory, let limit): items.append(.checkMemory(side, memory, limit: limit))
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
