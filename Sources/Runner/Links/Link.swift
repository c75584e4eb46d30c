import AdapterProtocol
import Cases
import Endpoints
import Foundation
import WireFormats

/// The way between the two endpoints in one phase: what they are told to open, and the tap in the middle.
///
/// A duplex transport is one channel, `c`. On a one-way transport `d` is the way back, if the phase needs one.
protocol Link: AnyObject {
  /// What the endpoints are told first, in order.
  var opening: [LinkStep] { get }
  /// The tap's directions; empty without the tap.
  var relays: [Relay] { get }
  /// The command with which a side opens one of its channels.
  func openCommand(_ side: Side, _ name: ChannelName) -> Command
  /// Takes note that a side has opened a channel.
  ///
  /// - Throws: ``LinkFault`` if it cannot be true.
  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault)
  /// Does what can be done without waiting.
  func pump()
  /// What the link is waited for.
  func appendInterests(to entries: inout [pollfd])
  /// The descriptors that a side's process is to inherit for this link, in the order of their numbers.
  func inheritance(_ side: Side) -> [Int32]
  /// Closes the runner's copies of what the processes have inherited.
  func closeInheritance()
  /// The number of the inherited descriptor that a side opens as a channel; nil on other transports.
  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int?
}

/// The channels of a link, by the names that the endpoints are told.
enum ChannelName: String, Sendable {
  case forward = "c"
  case back = "d"
}

/// A step of opening a link.
enum LinkStep: Equatable, Sendable {
  case open(Side, ChannelName)
  case accept(Side)
  case barrier
}

/// A side has said that it opened a channel, and it has not.
struct LinkFault: Error {
  var side: Side
  var message: String
}

/// What a link is made for.
struct LinkRequest {
  var channel: Channel
  var delivery: Delivery
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
      case .unix, .unixAbstract, .unixSeqpacket, .unixDatagram, .dotnetPipe, .tcp: return try ConnectedLink(self)
      case .fifo: return try FifoLink(self)
      case .pipe, .socketpair: return try InheritedLink(self)
      case .fileSlot: return SlotLink(self)
      case .fileCell, .sharedMemory: return MappedLink(self)
      case .managerQueue, .spawnQueue: return ManagerLink(self)
      }
    } catch {
      throw HarnessError("Cannot make a \(channel.transport.rawValue) link: \(error.message)")
    }
  }

  /// What .NET puts before a pipe's name to have the name of its socket.
  static let dotnetPipePrefix = "CoreFxPipe_"

  /// A direction of the tap.
  func relay(from sender: Side, _ source: TapEnd, _ sink: TapEnd) -> Relay {
    Relay(
      sender: sender, from: source, to: sink, keepsBounds: channel.transport == .unixSeqpacket,
      delivery: sender == .writer ? delivery : .immediate, expecting: frames.map { $0[sender] ?? [] })
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

extension Link {
  func inheritance(_ side: Side) -> [Int32] { [] }
  func closeInheritance() {}
  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int? { nil }
  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {}

  func pump() {
    for relay in relays { relay.pump() }
  }

  func appendInterests(to entries: inout [pollfd]) {
    for relay in relays { relay.appendInterests(to: &entries) }
  }
}
