import AdapterProtocol
import Cases
import Endpoints
import Foundation
import WireFormats

/// The way between the two endpoints in one phase: what they are told to open, and the tap in the middle.
///
/// A duplex transport is one channel, `c`. On a one-way transport `d` is the way back, if the phase needs one.
protocol Link: Pump {
  /// What the endpoints are told first, in order.
  var opening: [LinkStep] { get }
  /// The tap's directions; empty without the tap.
  var relays: [Relay] { get }
  /// The names that the link's files have in the case's folder, and that may stay there after the case.
  var ownFiles: [String] { get }
  /// The command with which a side opens one of its channels.
  func openCommand(_ side: Side, _ name: ChannelName) -> Command
  /// Takes note that a side has opened a channel.
  ///
  /// - Throws: ``LinkFault`` if it cannot be true.
  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault)
  /// The descriptors that a side's process is to inherit for this link, in the order of their numbers.
  func inheritance(_ side: Side) -> [Int32]
  /// Closes the runner's copies of what the processes have inherited.
  func closeInheritance()
  /// The number of the inherited descriptor that a side opens as a channel; nil on other transports.
  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int?
}

extension Link {
  var ownFiles: [String] { [] }
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

/// A side has said that it opened a channel, and it has not.
struct LinkFault: Error {
  var side: Side
  var message: String
}
