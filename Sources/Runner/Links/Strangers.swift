import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

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
    if address.hasPrefix("@") { return unixCount(address) }
    guard address.hasPrefix("127.0.0.1:"), let port = UInt16(address.dropFirst(10)) else { return 0 }
    return tcpCount(port)
  }

  /// Lines of `/proc/net/unix`: Num RefCount Protocol Flags Type St Inode Path (proc_net(5)).
  private static func unixCount(_ name: String) -> Int {
    lines("/proc/net/unix").count { line in
      let fields = line.split(separator: " ", maxSplits: 7)
      // A connection has its listener's name; the flag 0x10000 is the listener's own.
      return fields.count == 8 && fields[7] == name && (Int(fields[3], radix: 16) ?? 0) & 0x10000 == 0
    }
  }

  /// Lines of `/proc/net/tcp`: the second field is the own address, the third the peer's, the fourth the state.
  private static func tcpCount(_ port: UInt16) -> Int {
    // 127.0.0.1 in the byte order of the machine; an IPv6 socket has it as the end of a longer address.
    let own = String(UInt32(0x7f00_0001).bigEndian, radix: 16, uppercase: true)
    let address = String(repeating: "0", count: 8 - own.count) + own + ":" + String(format: "%04X", port)
    return (lines("/proc/net/tcp") + lines("/proc/net/tcp6")).count { line in
      let fields = line.split(separator: " ", maxSplits: 4)
      // 0A listens; 06 is what an earlier connection left at the same port.
      return fields.count == 5 && fields[1].hasSuffix(address) && !["0A", "06"].contains(fields[3])
    }
  }

  private static func lines(_ path: String) -> [Substring] {
    // Names are any bytes.
    String(decoding: WholeFile.readSystemFile(path), as: UTF8.self).split(separator: "\n")
  }
}
