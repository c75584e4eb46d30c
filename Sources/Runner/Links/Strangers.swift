import AdapterProtocol
import Cases
import Endpoints

/// Finds connections to an endpoint that neither the tap nor the other endpoint has made.
///
/// Every user of the machine can connect to a port or an abstract name, and an endpoint takes whoever comes first.
enum Strangers {
  /// Looks for strangers at the addresses where the endpoints listen.
  ///
  /// - Parameters:
  ///   - exchanges: the commands so far.
  ///   - tapped: the address to which the tap is connected; nil if to none.
  /// - Returns: the address to which a stranger is connected; nil if the system shows none.
  static func address(in exchanges: [Observation.Exchange], tapped: String?) -> String? {
    var (listeners, connections): ([String], [String: Int]) = ([], [:])
    for exchange in exchanges where exchange.command.verb == "open" {
      guard let asked = exchange.command.text("address") else { continue }
      switch exchange.command.text("role") {
      case "listen": listeners.append(exchange.reply?.text("address") ?? asked)
      // One that has not replied may be connected all the same.
      case "connect": connections[asked, default: 0] += 1
      default: break
      }
    }
    if let tapped { connections[tapped, default: 0] += 1 }
    return listeners.first { count(at: $0) > connections[$0] ?? 0 }
  }

  /// The number of connections to a listener, those included that it has not accepted; 0 if only this user can connect.
  private static func count(at address: String) -> Int {
    if address.hasPrefix("@") {
      return (SocketTable.unixSockets ?? []).count { $0.name == address && !$0.isListening }
    }
    guard address.hasPrefix("127.0.0.1:"), let port = UInt16(address.dropFirst(10)) else { return 0 }
    return (SocketTable.tcpSockets ?? []).count { socket in
      socket.port == port && socket.isOnLoopback && !socket.isListening && !socket.isClosed
    }
  }
}
