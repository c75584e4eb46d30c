import Cases
import Endpoints
import Foundation

/// Whether something exists that a program makes, seen without connecting to it: that would be a visitor whom it takes for
/// its peer.
enum Presence {
  /// Whether a place exists; a socket must also listen, because `connect` is refused between `bind` and `listen`.
  static func exists(_ place: ExamplePlace) -> Bool {
    switch place.kind {
    case .path: exists(place.text)
    case .abstract: isOpen { $0 == place.text }
    case .port:
      (SocketTable.tcpSockets ?? []).contains { socket in
        socket.isListening && place.text.hasSuffix(":\(socket.port)")
      }
    }
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFSOCK, SocketTable.unixSockets != nil else { return true }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return isOpen { $0 == path || !$0.hasPrefix("/") && ($0 == name || $0.hasSuffix("/\(name)")) }
  }

  private static func isOpen(_ isName: (String) -> Bool) -> Bool {
    (SocketTable.unixSockets ?? []).contains { ($0.isListening || $0.isDatagram) && isName($0.name) }
  }
}
