import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system call, whose name a method of the type hides.
private func removeFile(_ path: String) { _ = unlink(path) }

extension SharedMemory {
  /// Sees to it that the memory can have its name back after Python has taken it away.
  ///
  /// Each Python process tells a helper, the resource tracker, of every object that it attaches to, and the helper removes the
  /// names of them all when the process has ended: also those that somebody else has made (CPython 3.8 to 3.12, and from 3.13 on
  /// unless `track=False`). Whoever has the memory attached keeps it, but nobody else finds it any more. With a second name the
  /// memory outlives that, and gets its name again from ``KeptName/restore()``.
  ///
  /// ```swift
  /// let memory = try SharedMemory(creating: "/psm_counter", size: 8)
  /// let kept = try memory.keepAlive()
  /// // … a Python process attaches, and ends …
  /// try kept.restore()  // true: the name was gone, and is there again
  /// ```
  ///
  /// Where the Python program can be changed there are better remedies: `track=False`, or
  /// `resource_tracker.unregister(memory._name, "shared_memory")` after attaching.
  ///
  /// - Returns: the second name; it is removed when this value goes.
  /// - Throws: ``EndpointError``: `usage` for memory without a name, `missing` if the name is gone already, `unsupported` on
  ///   systems on which shared memory is no file.
  public func keepAlive() throws(EndpointError) -> KeptName {
    guard let name else { throw EndpointError(.usage, "\(memory.name) has no name that could be kept.") }
    #if os(Linux)
    let path = Self.path(of: name)
    guard memory.isSameFile(as: path) else {
      throw EndpointError(
        .missing, "The name \(name) is gone or stands for other memory; keep it alive before others attach.")
    }
    let second = "\(path).kept-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    let entry = try Leftovers.adding { () throws(EndpointError) -> Leftovers.Removal? in
      guard link(path, second) == 0 else { throw EndpointError(errno: errno, during: "keeping the name \(name)") }
      return { removeFile(second) }
    }
    return KeptName(name: name, path: path, second: second, entry: entry)
    #else
    throw EndpointError(.unsupported, "The name \(name) cannot be kept: here shared memory is no file.")
    #endif
  }

  /// A second name of shared memory, from ``SharedMemory/keepAlive()``.
  ///
  /// The second name is a file beside the first. A process that is killed leaves it behind, and the memory with it, unless it
  /// ends through ``Leftovers``.
  public struct KeptName: ~Copyable, Sendable {
    /// The name that is kept.
    public let name: String

    private let path: String
    private let second: String
    private let entry: Leftovers.Entry?

    fileprivate init(name: String, path: String, second: String, entry: Leftovers.Entry?) {
      (self.name, self.path, self.second, self.entry) = (name, path, second, entry)
    }

    deinit {
      if let entry { Leftovers.remove(entry) }
    }

    /// Gives the memory its name back, if it is gone.
    ///
    /// Call it when the Python process and its resource tracker have ended; it may be called any number of times.
    ///
    /// - Returns: whether the name was gone.
    /// - Throws: ``EndpointError``: `exists` if the name stands for other memory by now, `missing` if the second name is gone too.
    @discardableResult
    public func restore() throws(EndpointError) -> Bool {
      if link(second, path) == 0 { return true }
      let code = errno
      if code == EEXIST, let node = FileNode(at: path), node == FileNode(at: second) { return false }
      throw EndpointError(errno: code, during: "giving shared memory its name \(name) back")
    }
  }
}
