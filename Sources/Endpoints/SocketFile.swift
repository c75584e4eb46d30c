import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file that a Unix socket makes at its path when it is bound, and that nobody removes by itself.
struct SocketFile: Sendable {
  private let entry: Leftovers.Entry

  /// Binds a socket to an address, in the place of a stale file if need be.
  ///
  /// - Returns: the file that it made; nil for an address without one.
  /// - Throws: ``EndpointError``: `exists` where somebody has the address or the path is no socket, `usage`, `missing`, `denied`
  ///   also for a stale file that may not be removed.
  static func binding(
    _ descriptor: borrowing Descriptor, to address: SocketAddress
  ) throws(EndpointError) -> SocketFile? {
    let number = descriptor.number
    var outcome = try bound(number, to: address)
    if outcome.code == EADDRINUSE, case .unix(let path) = address, try SocketNode.removeStale(at: path) {
      outcome = try bound(number, to: address)
    }
    guard outcome.code == 0 else { throw EndpointError(errno: outcome.code, during: "listening on \(address)") }
    return outcome.entry.map(SocketFile.init)
  }

  private static func bound(
    _ number: Int32, to address: SocketAddress
  ) throws(EndpointError) -> (code: Int32, entry: Leftovers.Entry?) {
    var code: Int32 = 0
    let entry = try Leftovers.adding { () throws(EndpointError) -> Leftovers.Removal? in
      code = try address.withSystemAddress { bind(number, $0, $1) == 0 ? 0 : errno }
      guard code == 0, case .unix(let path) = address, let node = SocketNode(at: path) else { return nil }
      return { node.remove() }
    }
    return (code, entry)
  }

  /// Removes the file, unless another has taken its place.
  ///
  /// An open socket keeps its inode from being used again, so call this before closing the socket.
  func remove() { Leftovers.remove(entry) }
}

/// A socket in the file system, known by more than its path.
private struct SocketNode: Equatable, Sendable {
  private let path: String
  private let device: dev_t
  private let node: ino_t

  /// Takes note of what is at a path; nil if it is no socket.
  init?(at path: String) {
    guard let status = Self.status(of: path) else { return nil }
    (self.path, device, node) = (path, status.st_dev, status.st_ino)
  }

  /// Removes it, unless another has taken its place.
  func remove() {
    if self == SocketNode(at: path) { unlink(path) }
  }

  /// Removes a file that is left from a process that is gone.
  ///
  /// Of two processes that find the same stale file one may have bound the path anew by now, and its file may well have the
  /// inode number of the old one. So those who do it in the same folder take turns. Others may not know of that: the file is
  /// moved aside first, and looked at again where nobody else touches it.
  ///
  /// - Returns: false if somebody holds the file, or the path is no socket.
  /// - Throws: ``EndpointError``: `denied` if this process may not remove it.
  static func removeStale(at path: String) throws(EndpointError) -> Bool {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let turn = turn(in: folder)
    defer { if turn >= 0 { close(turn) } }
    guard let old = status(of: path), try isStale(path), let now = status(of: path), isSame(old, now) else {
      return false
    }
    let aside = "\(folder).stale-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    guard rename(path, aside) == 0 else {
      // Somebody else has been faster.
      if errno == ENOENT { return true }
      throw EndpointError(errno: errno, during: "removing the stale socket \(path)")
    }
    defer { unlink(aside) }
    if let moved = status(of: aside), isSame(old, moved) { return true }
    // It is the new one of somebody else, who gets it back.
    link(aside, path)
    return false
  }

  /// Waits for the lock of a folder, which ends with the descriptor; not for long: anybody who can read the folder can hold it.
  private static func turn(in folder: String) -> Int32 {
    let number = parley_open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY, 0)
    let deadline = Deadline.after(.milliseconds(200))
    while number >= 0, flock(number, LOCK_EX | LOCK_NB) < 0, !deadline.isOver { usleep(1000) }
    return number
  }

  private static func status(of path: String) -> stat? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    return status
  }

  /// Whether two looks have seen the same file: a socket is never written to, so the time tells when it was made.
  private static func isSame(_ first: stat, _ second: stat) -> Bool {
    #if canImport(Glibc)
    let (one, other) = (first.st_mtim, second.st_mtim)
    #else
    let (one, other) = (first.st_mtimespec, second.st_mtimespec)
    #endif
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino && one.tv_sec == other.tv_sec
      && one.tv_nsec == other.tv_nsec
  }

  /// Whether nobody holds the socket at a path.
  ///
  /// Only connecting tells. A datagram socket is refused by a living stream or packet socket because of its type, and connects
  /// to another datagram socket without a trace: whoever has the file does not notice.
  private static func isStale(_ path: String) throws(EndpointError) -> Bool {
    let probe = try Descriptor.datagramSocket()
    let number = probe.number
    var code: Int32
    repeat {
      code = try SocketAddress.unix(path: path).withSystemAddress { connect(number, $0, $1) == 0 ? 0 : errno }
    } while code == EINTR
    return code == ECONNREFUSED
  }
}
