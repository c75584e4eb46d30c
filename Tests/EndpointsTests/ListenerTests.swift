import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Listening")
struct ListenerTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("s") }

  init() throws { folder = try TemporaryFolder() }

  /// Leaves a socket file as a process does that was killed.
  private func leaveStaleFile(_ type: Int32 = streamType) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let number = socket(AF_UNIX, type, 0)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(code == 0)
    _ = close(number)
  }

  @Test("A stale socket file is replaced, of whatever kind it was", arguments: [streamType, packetType])
  func stale(type: Int32) throws {
    try leaveStaleFile(type)
    let listener = try SocketListener(.unix(path: path))
    _ = try Descriptor.connected(to: .unix(path: path))
    _ = try listener.accept()
  }

  @Test(
    "Where somebody listens it exists, and the listener goes on", arguments: [SocketKind.stream, .packets])
  func live(kindOfSecond: SocketKind) throws {
    let listener = try SocketListener(.unix(path: path))
    #expect(kind { _ = try SocketListener(.unix(path: path), kind: kindOfSecond) } == .exists)
    #expect(exists(path))
    // The refused attempt may have knocked; somebody real comes through all the same.
    var peer = MessageStream(try .connected(to: .unix(path: path)), framing: .line)
    try peer.send(Array("hello".utf8))
    try peer.finishSending()
    var message: [UInt8]?
    while message == nil {
      var stream = MessageStream(try listener.accept(), framing: .line)
      message = try stream.receive()
    }
    #expect(message == Array("hello".utf8))
  }

  @Test("Where somebody listens whose queue is full it exists too")
  func full() throws {
    let listener = try SocketListener(.unix(path: path), backlog: 0)
    let waiting = try Descriptor.connected(to: .unix(path: path))
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .exists)
    _ = try listener.accept()
    _ = waiting.number
  }

  @Test("At a regular file it exists, and the file stays as it is")
  func regularFile() throws {
    let file = try folder.file("s", Array("precious".utf8))
    #expect(kind { _ = try SocketListener(.unix(path: file)) } == .exists)
    #expect(try content(of: file) == Array("precious".utf8))
  }

  @Test("At a folder or a FIFO it exists")
  func otherNodes() throws {
    try Fifo.make(at: path)
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .exists)
    #expect(kind { _ = try SocketListener(.unix(path: folder.path)) } == .exists)
    #expect(exists(path))
  }

  @Test("At a port that is taken it exists")
  func takenPort() throws {
    let listener = try SocketListener(.tcp(port: 0))
    #expect(kind { _ = try SocketListener(listener.address) } == .exists)
  }

  @Test("In a folder that is missing it is missing")
  func missingFolder() {
    #expect(kind { _ = try SocketListener(.unix(path: folder.entry("no/s"))) } == .missing)
    #expect(kind { _ = try SocketListener(.unix(path: "\(#filePath)/s")) } == .missing)
  }

  @Test("A folder without permission is denied", .enabled(if: getuid() != 0, "root may write everywhere"))
  func denied() throws {
    #expect(chmod(folder.path, 0o500) == 0)
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .denied)
    #expect(chmod(folder.path, 0o700) == 0)
  }

  @Test("The socket file goes with the listener")
  func removed() throws {
    do {
      let listener = try SocketListener(.unix(path: path))
      #expect(exists(path))
      _ = listener.address
    }
    #expect(!exists(path))
  }

  @Test("A port that the system chose is told")
  func chosenPort() throws {
    let listener = try SocketListener(.tcp(port: 0))
    #expect(listener.address != .tcp(port: 0))
    _ = try Descriptor.connected(to: listener.address)
  }

  #if os(Linux)
  @Test("An abstract name is free again after its listener, and has no file")
  func abstract() throws {
    let address = SocketAddress.abstract(name: folder.path + "/a")
    for _ in 0..<2 {
      let listener = try SocketListener(address)
      #expect(kind { _ = try SocketListener(address) } == .exists)
      _ = try Descriptor.connected(to: listener.address)
      #expect(!exists(folder.path + "/a"))
    }
  }
  #endif
}

#if os(Linux)
private let streamType = Int32(SOCK_STREAM.rawValue)
private let packetType = Int32(SOCK_SEQPACKET.rawValue)
#else
private let streamType = SOCK_STREAM
private let packetType = SOCK_STREAM
#endif
