import AdapterProtocol
import Cases
import Endpoints
import WireFormats

/// Everything needed to create a link.
struct LinkRequest {
  var channel: Channel
  /// The tap's faults, by the side whose bytes they change.
  var faults: [Side: any Fault]
  var listener: Side
  var limit: Int?
  /// Whether the reader sends too.
  var goesBack: Bool
  /// Additional keys of a side's `open`.
  var options: [Side: [Field]]
  var isTapped: Bool
  /// The names that belong to the case.
  var site: CaseSite
  /// The phase's number, unique in the case's folder.
  var serial: Int
  /// The number of the first descriptor inherited for this link.
  var firstDescriptor: Int
  /// A suffix for the names of the link's files.
  var nameSuffix: String
  /// What each side must write according to the vectors; nil if it is not compared.
  var frames: [Side: [ExpectedFrame]]?

  /// The command that opens a channel of this link.
  func openCommand(_ side: Side, _ name: ChannelName, role: String, address: String) -> Command {
    var command = Self.openCommand(name, on: channel, role: role, address: address, limit: limit)
    command.fields += options[side] ?? []
    return command
  }

  /// The command that opens a channel, with the protocol's default limit unless one is given.
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

  /// Creates the link.
  ///
  /// - Parameter stocks: the endpoints' inherited descriptors, for a tapped link on an inherited transport.
  /// - Returns: the link.
  /// - Throws: ``HarnessError`` if a system call fails, or a stock is used up.
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
      // A spawn-queue is for examples: only Python can create it.
      case .managerQueue, .spawnQueue: return ManagerLink(self)
      }
    } catch {
      throw HarnessError("Cannot create a \(channel.transport.rawValue) link: \(error.message)")
    }
  }

  /// The addresses of the link's sockets.
  var address: LinkAddress { site.address(channel) }

  /// Creates one direction of the tap.
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

  /// The role of a side on a channel with a reading and a writing end.
  static func role(of side: Side, on name: ChannelName) -> String {
    side == sender(on: name) ? "write" : "read"
  }
}
