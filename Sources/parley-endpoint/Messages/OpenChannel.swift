import AdapterProtocol
import Endpoints
import WireFormats

/// An open channel, with checks against its transport's traits and its `open`.
final class OpenChannel {
  let channel: any Channel
  /// A received message that did not fit the requested form; the next `receive` returns it.
  var kept: [UInt8]?
  private let opening: ChannelOpening

  init(_ opening: ChannelOpening) throws(EndpointError) {
    self.opening = opening
    channel = try opening.open()
  }

  /// The transport, for messages.
  var transport: String { opening.transport.rawValue }

  func accept(until deadline: Deadline?) throws(EndpointError) {
    guard opening.traits.hasAccept, opening.role == .listen else {
      throw EndpointError(
        .usage,
        "accept is only for a channel that waits for its peer; this one is \(transport) with role=\(opening.role.rawValue)."
      )
    }
    guard !channel.hasPeer else { throw EndpointError(.usage, "The channel already has its peer.") }
    try channel.accept(until: deadline)
  }

  func finishSending() throws(EndpointError) {
    guard opening.traits.canHalfClose else {
      throw EndpointError(.unsupported, "A channel of \(transport) cannot be half-closed; close it.")
    }
    try requirePeer()
    try channel.finishSending()
  }

  /// Rejects a `send` in the wrong direction or without a peer.
  func requireSending() throws(EndpointError) {
    guard channel.direction != .receiving else { throw wrongDirection("receives") }
    try requirePeer()
  }

  /// Rejects a `receive` in the wrong direction or without a peer.
  func requireReceiving() throws(EndpointError) {
    guard channel.direction != .sending else { throw wrongDirection("sends") }
    try requirePeer()
  }

  /// Rejects a loop on a one-way channel or without a peer, before the first message.
  func requireDuplex() throws(EndpointError) {
    guard opening.traits.isDuplex else {
      throw EndpointError(.usage, "\(transport) is one-way; use a duplex transport.")
    }
    try requirePeer()
  }

  /// Rejects a message above the limit, in either direction.
  func requireFitting(_ length: Int) throws(EndpointError) {
    guard length <= opening.limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(length), limit: opening.limit))
    }
  }

  /// Sends a message.
  func send(_ message: Span<UInt8>) throws(EndpointError) {
    try requireFitting(message.count)
    try channel.send(message)
  }

  /// The largest message in bytes.
  var limit: Int { opening.limit }

  private func requirePeer() throws(EndpointError) {
    guard channel.hasPeer else { throw EndpointError(.usage, "The channel has no peer yet; accept first.") }
  }

  private func wrongDirection(_ what: String) -> EndpointError {
    EndpointError(.usage, "A channel of \(transport) with role=\(opening.role.rawValue) only \(what).")
  }
}
