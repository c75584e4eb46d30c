import Endpoints
import WireFormats

/// Stream sockets of every kind of address: one side listens, the other connects.
struct StreamSockets: ChannelOpener {
  static let options = ["authkey"]

  private let key: [UInt8]?

  init(_ arguments: Arguments) throws(EndpointError) { key = try arguments.authenticationKey() }

  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let address = try opening.socketAddress()
    guard key == nil || opening.framing == .multiprocessing else {
      throw EndpointError(.usage, "authkey needs the framing \(Framing.multiprocessing.rawValue).")
    }
    guard opening.role == .listen else {
      return try StreamChannel(try .connected(to: address), opening, key: key)
    }
    return StreamChannel(try SocketListener(address), asked: address, opening, key: key)
  }
}

extension Arguments {
  /// The authentication key of Python's multiprocessing; nil if none is given.
  func authenticationKey() throws(EndpointError) -> [UInt8]? {
    let key = try optionalHex("authkey")
    guard key?.isEmpty != true else { throw EndpointError(.usage, "authkey must have at least one byte.") }
    return key
  }
}
