/// A kernel object that carries bytes between two endpoints, by its name in the adapter protocol.
///
/// Everything specific to a transport is in its row of the table, ``traits``; code asks the row, never the name.
public enum Transport: String, CaseIterable, Hashable, Sendable {
  /// A Unix stream socket at a path.
  case unix
  /// A Unix stream socket with an abstract name.
  case unixAbstract = "unix-abstract"
  /// A Unix socket that keeps message bounds, at a path.
  case unixSeqpacket = "unix-seqpacket"
  /// A Unix datagram socket at a path.
  case unixDatagram = "unix-datagram"
  /// A .NET named pipe, which is a Unix stream socket.
  case dotnetPipe = "dotnet-pipe"
  /// TCP over the loopback interface.
  case tcp
  /// A FIFO (named pipe).
  case fifo
  /// One end of an anonymous pipe, inherited.
  case pipe
  /// One end of a socketpair, inherited.
  case socketpair
  /// One text in a mapped file, without synchronisation.
  case fileSlot = "file-slot"
  /// One message at a time in a mapped file.
  case fileCell = "file-cell"
  /// The bytes of a shared mapping, such as Python's `SharedMemory`.
  case sharedMemory = "shared-memory"
  /// A queue of Python's `multiprocessing.managers`.
  case managerQueue = "manager-queue"
  /// A `multiprocessing.Queue` of a spawn context.
  case spawnQueue = "spawn-queue"
}
