import AdapterProtocol
import Cases
import Foundation

/// Whether something exists that a program makes, seen without connecting to it: that would be a visitor whom it takes for
/// its peer.
enum Presence {
  /// Whether a place exists; a socket must also listen, because `connect` is refused between `bind` and `listen`.
  static func exists(_ place: ExamplePlace) -> Bool {
    switch place {
    case .path(let path): exists(path)
    case .abstract(let name): isOpen { $0 == name }
    case .port(let address): UInt16(address.split(separator: ":").last ?? "").map(isListening) ?? false
    }
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return false }
    guard status.st_mode & S_IFMT == S_IFSOCK, access("/proc/net/unix", R_OK) == 0 else { return true }
    // The table has the path as it was given to `bind`, which may be relative.
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return isOpen { $0 == path || !$0.hasPrefix("/") && ($0 == name || $0.hasSuffix("/\(name)")) }
  }

  /// Whether a Unix socket with such a name listens, or takes datagrams.
  ///
  /// Lines of `/proc/net/unix`: Num RefCount Protocol Flags Type St Inode Path (proc_net(5)).
  private static func isOpen(_ isName: (String) -> Bool) -> Bool {
    lines("/proc/net/unix").contains { line in
      let fields = line.split(separator: " ", maxSplits: 7)
      guard fields.count == 8, isName(String(fields[7])) else { return false }
      let (listens, isDatagram) = ((UInt32(fields[3], radix: 16) ?? 0) & 0x10000 != 0, fields[4] == "0002")
      return listens || isDatagram
    }
  }

  /// Whether somebody listens on a TCP port; in `/proc/net/tcp` the second field is the own address, and the state 0A listens.
  private static func isListening(_ port: UInt16) -> Bool {
    let ending = ":" + String(format: "%04X", port)
    return (lines("/proc/net/tcp") + lines("/proc/net/tcp6")).contains { line in
      let fields = line.split(separator: " ", maxSplits: 4)
      return fields.count == 5 && fields[1].hasSuffix(ending) && fields[3] == "0A"
    }
  }

  private static func lines(_ path: String) -> [Substring] {
    String(decoding: WholeFile.readSystemFile(path), as: UTF8.self).split(separator: "\n")
  }
}
