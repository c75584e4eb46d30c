import CPlatform
import Cases
import Endpoints
import Foundation

/// Clients that connect to the tap's listener; each gets a connection to the server.
final class SocketArrivals: Arrivals {
  private let listener: SocketListener
  private let server: TapAddress
  private let kind: SocketKind
  /// A client for whom the server's queue had no room yet.
  private var waiting: ProgramEnd?
  private var retryTime: Duration?
  /// Whether descriptors have run out: the next one may come when a connection is over.
  private var isFull = false
  private var isFullSaid = false

  /// How often a server whose queue is full is asked again.
  private static let retry = Duration.milliseconds(5)

  /// Listens, once it is sure that somebody listens at the server's address.
  ///
  /// - Throws: ``EndpointError`` for what is in the way; the server's own says so.
  init(listen: TapAddress, connect: TapAddress) throws(EndpointError) {
    kind = listen.kind == .packets ? .packets : .stream
    server = connect
    try connect.socket.checkListener()
    // Its file is for this user only.
    let mask = umask(0o177)
    defer { umask(mask) }
    listener = try SocketListener(listen.socket, kind: kind, backlog: 4096)
    _ = parley_set_nonblocking(listener.number, true)
    isOver = false
  }

  let isOver: Bool

  var places: (listen: String, connect: String) {
    (kind == .packets ? "seqpacket:\(listener.address)" : "\(listener.address)", server.text)
  }

  var number: Int32? { isFull || waiting != nil ? nil : listener.number }

  func wakeTime(at now: Duration) -> Duration? { waiting == nil ? nil : retryTime }

  func next(_ number: Int, at now: Duration) -> Arrival {
    guard let client = waiting ?? accepted() else {
      guard isFull, !isFullSaid else { return .nobody }
      isFullSaid = true
      return .failure("No descriptors are left: more clients wait until a connection ends (ulimit -n).")
    }
    waiting = nil
    do {
      guard let connection = try Descriptor.connecting(to: server.socket, kind: kind) else {
        waiting = client
        retryTime = now + Self.retry
        return .nobody
      }
      let isConnecting = if case .tcp = server.socket { true } else { false }
      return .connection(
        client: client, server: ProgramEnd(connection, form: Self.form(server, kind)), isConnecting: isConnecting)
    } catch {
      client.close(resetting: true)
      return .failure("A client came, and the server cannot be reached: \(error.message)")
    }
  }

  func closed(_ connection: TappedConnection) { isFull = false }

  private func accepted() -> ProgramEnd? {
    while true {
      let number = parley_accept(listener.number, true)
      if number >= 0 {
        if case .tcp = listener.address { Descriptor.disableDelay(of: number) }
        let form: ProgramEnd.Form =
          if kind == .packets { .packets(hasEnd: true) } else if case .tcp = listener.address { .tcp } else {
            .unixSocket
          }
        return ProgramEnd(Descriptor(owning: number), form: form)
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOMEM, ENOBUFS:
        isFull = true
        return nil
      default: return nil
      }
    }
  }

  private static func form(_ address: TapAddress, _ kind: SocketKind) -> ProgramEnd.Form {
    if kind == .packets { return .packets(hasEnd: true) }
    if case .tcp = address.socket { return .tcp }
    return .unixSocket
  }
}
