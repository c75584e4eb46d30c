import AdapterProtocol
import Endpoints
import WireFormats

/// A channel that has a name, with what its transport's row and its `open` say that it can do.
final class OpenChannel {
  let channel: any Channel
  /// A message that was received and could not be handed over; the next `receive` has it.
  var kept: [UInt8]?
  private let opening: ChannelOpening

  init(_ opening: ChannelOpening) throws(EndpointError) {
    self.opening = opening
    channel = try opening.open()
  }

  /// The transport, for messages.
  var transport: String { opening.transport.rawValue }

  func accept() throws(EndpointError) {
    guard opening.traits.hasAccept, opening.role == .listen else {
      throw EndpointError(
        .usage,
        "accept is for a channel that waits for its peer, and this one is \(transport) with role=\(opening.role.rawValue)."
      )
    }
    guard !channel.hasPeer else { throw EndpointError(.usage, "The channel has its peer already.") }
    try channel.accept()
  }

  func finishSending() throws(EndpointError) {
    guard opening.traits.canHalfClose else {
      throw EndpointError(.unsupported, "A channel of \(transport) cannot be half-closed; close it.")
    }
    try requirePeer()
    try channel.finishSending()
  }

  /// Refuses to send what cannot go this way, whatever the message is.
  func requireSending() throws(EndpointError) {
    guard channel.direction != .receiving else { throw wrongDirection("receives") }
    try requirePeer()
  }

  /// Refuses to receive where nothing comes.
  func requireReceiving() throws(EndpointError) {
    guard channel.direction != .sending else { throw wrongDirection("sends") }
    try requirePeer()
  }

  /// Refuses what needs messages both ways, before the first one goes.
  func requireDuplex() throws(EndpointError) {
    guard opening.traits.isDuplex else {
      throw EndpointError(.usage, "Messages go one way over \(transport); use a transport on which both sides send.")
    }
    try requirePeer()
  }

  /// Refuses a message above the limit, whichever way it goes.
  func requireFitting(_ length: Int) throws(EndpointError) {
    guard length <= opening.limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(length), limit: opening.limit))
    }
  }

  /// Sends a message that has been made.
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
