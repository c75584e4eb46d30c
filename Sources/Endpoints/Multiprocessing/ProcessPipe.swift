import CPlatform
public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What Python's `multiprocessing.Pipe` is: a channel between this process and a child that inherits its other end.
///
/// The child's end is a plain descriptor, close-on-exec like every other. Hand it to whatever starts the child, such as
/// `posix_spawn` with `adddup2`, tell the child its number there, and close it here; otherwise the end of the stream never
/// comes. The child does `Connection(int(sys.argv[1]))` in Python, ``MultiprocessingConnection/init(inherited:limit:)`` in Swift.
///
/// ```swift
/// var pipe = try ProcessPipe(.duplex)
/// try start("worker.py", inheriting: pipe.childNumber)
/// pipe.closeChildEnd()
/// try pipe.connection.send("go")
/// ```
public struct ProcessPipe: ~Copyable, Sendable {
  /// Who can send.
  public enum Direction: Sendable, CaseIterable {
    /// Both: a pair of sockets, as `Pipe()` makes it.
    case duplex
    /// This process alone: a pipe, as `Pipe(False)` makes it.
    case sending
    /// The child alone: a pipe the other way round.
    case receiving
  }

  /// This process's end.
  public var connection: MultiprocessingConnection
  private var childEnd: Descriptor?

  /// Makes both ends.
  ///
  /// - Parameters:
  ///   - direction: who can send.
  ///   - limit: the largest message to send or accept, in bytes.
  /// - Throws: ``EndpointError`` of kind `internal` when no descriptors are left.
  public init(_ direction: Direction, limit: Int = Framing.defaultLimit) throws(EndpointError) {
    var ends: [Int32] = [-1, -1]
    guard (direction == .duplex ? parley_socketpair(&ends) : parley_pipe(&ends)) == 0 else {
      throw EndpointError(errno: errno, during: "making a pipe")
    }
    // A pipe's first end is the reading one.
    if direction == .sending { ends.swapAt(0, 1) }
    connection = MultiprocessingConnection(Descriptor(owning: ends[0]), limit: limit)
    childEnd = Descriptor(owning: ends[1])
  }

  /// The descriptor that the child is to inherit, as it is numbered in this process; -1 once it is closed.
  public var childNumber: Int32 {
    switch childEnd {
    case .some(let end): end.number
    case .none: -1
    }
  }

  /// Lets every child that is started from now on inherit its end under the same number, for what starts children with
  /// `fork` and `exec` and closes nothing.
  ///
  /// Important: children that other threads start meanwhile inherit it too, and then the end of the stream comes only when they end.
  ///
  /// - Throws: ``EndpointError`` of kind `missing` if the child's end is closed.
  public func allowInheritance() throws(EndpointError) {
    let flags = fcntl(childNumber, F_GETFD)
    guard flags >= 0, fcntl(childNumber, F_SETFD, flags & ~FD_CLOEXEC) == 0 else {
      throw EndpointError(errno: errno, during: "letting children inherit descriptor \(childNumber)")
    }
  }

  /// Closes the child's end here, once the child has it.
  public mutating func closeChildEnd() { childEnd = nil }
}
