import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// Listeners beside an example's program that nobody in the run knows: whoever comes connects to everything that can be seen.
///
/// Who has disturbed a program cannot be seen on the program's own listener, which is gone when the program has ended.
final class Lookout {
  private var listeners: [Holder] = []

  private final class Holder {
    let listener: SocketListener
    init(_ listener: consuming SocketListener) { self.listener = listener }
  }

  /// The time in which a stranger who is busy with the program's address also comes here, in milliseconds.
  private static let patience: Int32 = 250

  /// Opens one for each transport of the conversation to whose addresses other users can connect.
  ///
  /// - Throws: ``HarnessError`` if a system call fails.
  init(for example: ExampleCase) throws(HarnessError) {
    let transports = example.conversation.openings.compactMap { $0["transport"].flatMap(Transport.init(rawValue:)) }
    for transport in Set(transports) where transport.traits.isOpenToOthers {
      let name = "parley-\(UInt64.random(in: .min ... .max))"
      do {
        listeners.append(
          Holder(
            try SocketListener(transport.traits.address == .abstractName ? .abstract(name: name) : .tcp(port: 0))))
      } catch {
        throw HarnessError("Cannot listen beside the example's program: \(error.message)")
      }
    }
  }

  /// Waits a moment for a stranger; call it when the conversation has failed.
  ///
  /// - Returns: where he connected; nil if nobody did.
  func stranger() -> String? {
    guard !listeners.isEmpty else { return nil }
    var entries = listeners.map { pollfd(fd: $0.listener.number, events: Int16(POLLIN), revents: 0) }
    guard poll(&entries, nfds_t(entries.count), Self.patience) > 0 else { return nil }
    return zip(listeners, entries).first { $1.revents != 0 }.map { "\($0.0.listener.address)" }
  }
}
