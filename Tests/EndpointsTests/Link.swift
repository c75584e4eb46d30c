import Endpoints
import Foundation
import Testing

/// Transports of byte streams, each with a way to have both of its ends.
enum Link: String, CaseIterable, CustomTestStringConvertible {
  case unix
  case tcp
  case fifo
  case pipe
  #if os(Linux)
  case abstract
  #endif

  static let sockets = allCases.filter { $0 != .fifo && $0 != .pipe }

  var testDescription: String { rawValue }

  /// The two ends; on a socket both can send.
  struct Ends: ~Copyable {
    let sender: Descriptor
    let receiver: Descriptor
  }

  /// Connects two ends in this process; once connected they need no path any more.
  func ends() throws -> Ends {
    let folder = try TemporaryFolder()
    switch self {
    case .unix: return try Self.connected(.unix(path: folder.entry("s")))
    case .tcp: return try Self.connected(.tcp(port: 0))
    #if os(Linux)
    case .abstract: return try Self.connected(.abstract(name: folder.path))
    #endif
    case .fifo:
      let path = folder.entry("f")
      try Fifo.make(at: path)
      // Each opening waits for the other.
      let sender = Background { try Fifo.openForWriting(path).release() }
      let receiver = try Fifo.openForReading(path)
      return Ends(sender: Descriptor(owning: try sender.value()), receiver: receiver)
    case .pipe:
      let pipe = try Descriptor.pipe()
      // Outside its module the pipe cannot be taken apart.
      return Ends(sender: try Self.duplicate(of: pipe.writer), receiver: try Self.duplicate(of: pipe.reader))
    }
  }

  private static func duplicate(of descriptor: borrowing Descriptor) throws -> Descriptor {
    let number = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 3)
    try #require(number >= 0)
    return Descriptor(owning: number)
  }

  private static func connected(_ address: SocketAddress) throws -> Ends {
    let listener = try SocketListener(address)
    let sender = try Descriptor.connected(to: listener.address)
    return Ends(sender: sender, receiver: try listener.accept())
  }
}
