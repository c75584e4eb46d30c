import CPlatform
import Endpoints
import Foundation

/// The tap's listener, which takes only the endpoint's connection.
///
/// Every user of the machine can connect to a port or an abstract name; so each visitor is asked whose it is.
final class TapListener {
  private let listener: SocketListener
  private let isOpenToOthers: Bool
  /// The first visitor of whom the system cannot tell any more whose it was.
  private var doubtful: Descriptor?
  /// When the endpoint's own connection must have come.
  private var end: Duration?

  /// How long the connection of an endpoint that is connected may take to come here: under load, the system's last step of
  /// a TCP connection is late.
  private static let patience = Duration.milliseconds(200)

  /// Creates the listener.
  ///
  /// - Parameters:
  ///   - address: where to listen.
  ///   - kind: what the sockets carry.
  ///   - isOpenToOthers: whether other users can connect to the address.
  /// - Throws: ``EndpointError`` if a system call fails.
  init(_ address: SocketAddress, kind: SocketKind, isOpenToOthers: Bool) throws(EndpointError) {
    listener = try SocketListener(address, kind: kind)
    self.isOpenToOthers = isOpenToOthers
    _ = parley_set_nonblocking(listener.number, true)
  }

  /// The real address.
  var address: SocketAddress { listener.address }

  /// What to poll for a visitor.
  var number: Int32 { listener.number }

  /// Takes the endpoint's connection; does not wait.
  ///
  /// - Parameters:
  ///   - hasConnected: whether the endpoint has replied that it is connected, so that its connection must come soon.
  ///   - now: the time since the conversation started.
  /// - Returns: the connection; nil if it has not come.
  func accept(hasConnected: Bool, at now: Duration) -> Descriptor? {
    while isSomebodyWaiting, let visitor = try? listener.accept() {
      let user = isOpenToOthers ? parley_peer_user(visitor.number) : Int64(geteuid())
      if user == Int64(geteuid()) || user == -1 { return visitor }
      // One that is closed again may be an endpoint's that has done its part already.
      if user == -2, doubtful == nil { doubtful = consume visitor }
    }
    guard hasConnected, doubtful != nil else { return nil }
    let end = end ?? now + Self.patience
    self.end = end
    return now < end ? nil : doubtful.take()
  }

  /// When ``accept(hasConnected:at:)`` must be called even if nobody comes; nil if never.
  var wakeTime: Duration? { doubtful == nil ? nil : end }

  private var isSomebodyWaiting: Bool {
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }
}
