import Cases
import Endpoints
import Foundation

/// Datagrams of any number of senders to one receiver, as one connection that has no end.
final class DatagramArrivals: Arrivals {
  private let receiver: DatagramSocket
  private let sender: DatagramSocket
  private var pair: (client: ProgramEnd, server: ProgramEnd)?
  let places: (listen: String, connect: String)

  /// Binds the tap's address, once it is connected to the receiver's.
  init(listen: TapAddress, connect: TapAddress) throws(EndpointError) {
    sender = try DatagramSocket(sendingTo: connect.socket)
    let mask = umask(0o177)
    defer { umask(mask) }
    receiver = try DatagramSocket(receivingAt: listen.socket)
    places = (listen.text, connect.text)
    pair = (
      ProgramEnd(try .duplicate(of: receiver.number), form: .packets(hasEnd: false)),
      ProgramEnd(try .duplicate(of: sender.number), form: .packets(hasEnd: false))
    )
  }

  var number: Int32? { nil }
  var isOver: Bool { false }
  func wakeTime(at now: Duration) -> Duration? { pair == nil ? nil : now }
  func closed(_ connection: TappedConnection) {}

  func next(_ number: Int, at now: Duration) -> Arrival {
    guard let (client, server) = pair else { return .nobody }
    pair = nil
    return .connection(client: client, server: server, isConnecting: false)
  }
}
