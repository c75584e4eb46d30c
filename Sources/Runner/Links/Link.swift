import AdapterProtocol
import Cases
import Endpoints
import Foundation
import WireFormats

/// The connection between the two endpoints in one phase: the channels that they open, and the tap in the middle.
///
/// A duplex transport has one channel, `c`. On a one-way transport `d` is the way back, if the phase needs one.
protocol Link: Pump {
  /// The first commands of the phase, in order.
  var opening: [LinkStep] { get }
  /// The tap's directions; empty without the tap.
  var relays: [Relay] { get }
  /// The names of the link's files in the case's folder; they may remain there after the case.
  var ownFiles: [String] { get }
  /// The command that opens one of a side's channels.
  func openCommand(_ side: Side, _ name: ChannelName) -> Command
  /// Called when a side has replied that it opened a channel.
  ///
  /// - Throws: ``LinkFault`` if it has not.
  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault)
  /// The address of the endpoint to which the tap has connected; nil if to none.
  var tappedAddress: String? { get }
  /// Whether the tap waits to be accepted; asked when the listening side has replied that it accepted its peer.
  var isPassedOver: Bool { get }
  /// The descriptors that a side's process inherits for this link, in the order of their numbers.
  func inheritance(_ side: Side) -> [Int32]
  /// Closes the runner's copies of the inherited descriptors.
  func closeInheritance()
  /// The number of the inherited descriptor that a side opens as a channel; nil on other transports.
  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int?
}

extension Link {
  var ownFiles: [String] { [] }
  var tappedAddress: String? { nil }
  var isPassedOver: Bool { false }
  func inheritance(_ side: Side) -> [Int32] { [] }
  func closeInheritance() {}
  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int? { nil }
  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {}

  func pump(at now: Duration) {
    for relay in relays { relay.pump(at: now) }
  }

  func appendInterests(to entries: inout [pollfd]) {
    for relay in relays { relay.appendInterests(to: &entries) }
  }

  var wakeTime: Duration? { relays.compactMap(\.wakeTime).min() }

  var needsPolling: Bool { relays.contains(where: \.needsPolling) }
}

/// A side replied that it opened a channel, but it has not.
struct LinkFault: Error {
  var side: Side
  var message: String
}
