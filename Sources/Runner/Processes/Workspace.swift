import CPlatform
package import Cases
import Endpoints
import Foundation

/// The run's folder: private, with a short path, and removed at the end.
///
/// While the run lives it holds a lock on the folder. So a later run knows exactly which folders nobody owns any more.
package final class Workspace: Sendable {
  /// The folder's absolute path, at most 40 bytes.
  package let path: String
  private let isKept: Bool
  private let lock: LockHolder

  /// Only ``remove()`` and the end of the workspace use it, when all other work is done; so it needs no lock itself.
  private final class LockHolder: @unchecked Sendable {
    var descriptor: Descriptor?
    init(_ descriptor: consuming Descriptor) { self.descriptor = consume descriptor }
  }

  /// The folder in which workspaces are made.
  package static var base: String {
    // A socket path has at most 107 bytes, so a long TMPDIR cannot be used.
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    return wanted.utf8.count <= 24 && wanted.hasPrefix("/") ? wanted : "/tmp"
  }

  /// The path of a workspace that does not exist yet.
  ///
  /// - Parameters:
  ///   - mark: the run's mark.
  ///   - isKept: whether it is kept; its name then is in capitals, and no later run takes it for an abandoned one.
  /// - Returns: the absolute path.
  package static func path(mark: String, isKept: Bool = false) -> String {
    "\(base)/parley.\(isKept ? mark.uppercased() : mark)"
  }

  /// Creates the folder with mode 0700; nil if something has its path already.
  ///
  /// - Parameters:
  ///   - path: its path.
  ///   - isKept: whether ``remove()`` keeps it.
  /// - Throws: ``HarnessError`` if it cannot be created.
  package init?(_ path: String, isKept: Bool = false) throws(HarnessError) {
    self.path = path
    self.isKept = isKept
    guard mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return nil }
      throw HarnessError(
        "Cannot create a workspace in \(Self.base): \(String(cString: strerror(errno))). Free space there, or set TMPDIR to a short path of a folder that can be written."
      )
    }
    // A sweeping run may have taken the new folder for an abandoned one before it was locked; then there is another name.
    guard let descriptor = Self.locked(path) else { return nil }
    lock = LockHolder(descriptor)
    guard mkdir(temporaryFolder, 0o700) == 0 else {
      throw HarnessError("Cannot create \(temporaryFolder): \(String(cString: strerror(errno))).")
    }
  }

  /// The endpoints' `TMPDIR`: not the workspace itself, whose lock is taken, because endpoints lock the folder of a stale socket.
  package var temporaryFolder: String { "\(path)/t" }

  deinit { remove() }

  /// Removes the folder and its content, unless it is kept.
  package func remove() {
    if !isKept { Self.removeTree(path) }
    lock.descriptor = nil
  }

  /// Creates the folder of one case.
  package func makeFolder(_ name: String) throws(HarnessError) -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o700) == 0 else {
      throw HarnessError("Cannot create \(folder): \(String(cString: strerror(errno))).")
    }
    return folder
  }

  /// Removes a tree, even while another process removes it too.
  static func removeTree(_ path: String) {
    for _ in 0..<5 where parley_remove_tree(path) == 0 { return }
  }

  /// Opens a workspace and locks it; nil if it is locked, gone, or no private folder of this user.
  fileprivate static func locked(_ path: String) -> Descriptor? {
    let number = parley_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(owning: number)
    var (opened, named) = (stat(), stat())
    guard fstat(number, &opened) == 0, opened.st_uid == geteuid(), opened.st_mode & 0o7777 == 0o700,
      flock(number, LOCK_EX | LOCK_NB) == 0,
      // It may have been removed before it was locked.
      lstat(path, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev
    else { return nil }
    return descriptor
  }
}

extension Workspace {
  /// Removes the workspaces of runs that were killed together with their guards, and kills what is left of those runs.
  ///
  /// - Parameter base: the folder in which workspaces are made.
  package static func sweep(in base: String = Workspace.base) {
    for name in Ledger.entries(base) ?? [] where name.wholeMatch(of: /parley\.[a-z][a-z0-9]{7}/) != nil {
      let path = "\(base)/\(name)"
      guard let lock = locked(path) else { continue }
      Guard.sweep(mark: String(name.dropFirst("parley.".count)))
      removeTree(path)
      _ = consume lock
    }
  }

  /// Why a case of a few bytes may have failed through no fault of the endpoints: there is no room for its files.
  ///
  /// - Parameter count: the number of bytes that the case moves.
  /// - Returns: a sentence; nil if there is room.
  func shortage(for count: Int) -> String? {
    // Tried, not asked for: quotas and reserved blocks count too.
    let probe = "\(path)/probe-\(UInt32.random(in: .min ... .max))"
    let number = parley_open(probe, O_RDWR | O_CREAT | O_EXCL, 0o600)
    var code = number < 0 ? errno : 0
    if number >= 0 {
      let descriptor = Descriptor(owning: number)
      unlink(probe)
      code = posix_fallocate(descriptor.number, 0, off_t(count + 64 << 10))
      if code == EOPNOTSUPP || code == EINVAL { code = 0 }
    }
    guard code != 0 else { return nil }
    return
      "There is no room for the files of the case in \(Self.base): \(String(cString: strerror(code))). Free space there, or set TMPDIR to another folder."
  }
}
