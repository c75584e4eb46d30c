import AdapterProtocol
import Cases
import Endpoints
import WireFormats

/// What a link is made for.
struct LinkRequest {
  var channel: Channel
  /// The faults of the tap, by the side whose bytes they change.
  var faults: [Side: any Fault]
  var listener: Side
  var limit: Int?
  /// Whether the reader sends too.
  var goesBack: Bool
  /// Further keys with which a side opens its channel.
  var options: [Side: [Field]]
  var isTapped: Bool
  /// The case's folder, and a number that is new for every phase in it.
  var folder: String
  /// What the endpoints have as `TMPDIR`.
  var temporaryFolder: String
  var serial: Int
  /// A text that no other case uses, for names outside the file system.
  var tag: String
  /// The number of the first descriptor that an endpoint inherits for this link.
  var firstDescriptor: Int
  /// What is appended to the names of the link's files.
  var nameSuffix: String
  /// What each side must write, by the vectors; nil where it is not compared.
  var frames: [Side: [ExpectedFrame]]?

  /// The command with which a side opens a channel of this link.
  func openCommand(_ side: Side, _ name: ChannelName, role: String, address: String) -> Command {
    var command = Self.openCommand(name, on: channel, role: role, address: address, limit: limit)
    command.fields += options[side] ?? []
    return command
  }

  /// The command that opens a channel; the protocol's usual limit unless one is given.
  static func openCommand(
    _ name: ChannelName, on channel: Channel, role: String, address: String, limit: Int? = nil
  ) -> Command {
    var fields = [
      Field("channel", name.rawValue), Field("transport", channel.transport.rawValue), Field("role", role),
      Field("address", address), Field("framing", channel.framing.rawValue),
    ]
    if let limit { fields.append(Field("limit", String(limit))) }
    return Command("open", fields)
  }

  /// Makes the link.
  ///
  /// - Parameter stocks: what the endpoints have inherited, on a transport where they have and there is a tap.
  /// - Returns: the link.
  /// - Throws: ``HarnessError`` if the system refuses, or a stock is used up.
  func make(_ stocks: [Side: InheritedStock]) throws(HarnessError) -> any Link {
    if isTapped && channel.traits.isInherited {
      guard let writer = stocks[.writer]?.take(), let reader = stocks[.reader]?.take() else {
        throw HarnessError("No inherited \(channel.transport.rawValue) is left for the case.")
      }
      return StockedLink(self, [.writer: writer, .reader: reader])
    }
    do {
      switch channel.transport {
      case .unix, .unixAbstract, .unixSeqpacket, .dotnetPipe, .tcp: return try ConnectedLink(self)
      case .unixDatagram: return try DatagramLink(self)
      case .fifo: return try FifoLink(self)
      case .pipe, .socketpair: return try InheritedLink(self)
      case .fileSlot: return SlotLink(self)
      case .fileCell, .sharedMemory: return MappedLink(self)
      // A spawn-queue is for examples: Python must have made it.
      case .managerQueue, .spawnQueue: return ManagerLink(self)
      }
    } catch {
      throw HarnessError("Cannot make a \(channel.transport.rawValue) link: \(error.message)")
    }
  }

  /// Where the link's sockets are.
  var address: LinkAddress {
    LinkAddress(channel: channel, folder: folder, temporaryFolder: temporaryFolder, tag: tag)
  }

  /// A direction of the tap.
  func relay(from sender: Side, _ source: TapEnd, _ sink: TapEnd) -> Relay {
    let traits = channel.traits
    return Relay(
      sender: sender, from: source, to: sink,
      content: traits.content == .packets ? .packets(canBeEmpty: traits.carriesEmptyMessages) : .stream,
      fault: faults[sender], expecting: frames.map { $0[sender] ?? [] })
  }

  /// The channels of a one-way transport: forward, and back if the phase needs it.
  var oneWayNames: [ChannelName] { goesBack ? [.forward, .back] : [.forward] }

  /// The side that sends on a channel of a one-way transport.
  static func sender(on name: ChannelName) -> Side { name == .forward ? .writer : .reader }

  /// The role of a side on a channel that has a reading and a writing end.
  static func role(of side: Side, on name: ChannelName) -> String {
    side == sender(on: name) ? "write" : "read"
  }
}
