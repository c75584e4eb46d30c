import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Listening")
struct ListenerTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("s") }

  init() throws { folder = try TemporaryFolder() }

  @Test("A stale socket file is replaced, of whatever kind it was", arguments: RawSocket.types)
  func stale(type: Int32) throws {
    try RawSocket.bound(path, type)
    let listener = try SocketListener(.unix(path: path))
    _ = try Descriptor.connected(to: .unix(path: path))
    _ = try listener.accept()
  }

  @Test("Where somebody has a socket it exists, of whatever kind it is, and the file stays", arguments: RawSocket.types)
  func held(type: Int32) throws {
    let holder = try RawSocket.bound(path, type)
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .exists)
    #expect(exists(path))
    _ = holder.number
  }

  @Test("Where somebody listens it exists, and the listener sees nobody come")
  func live() throws {
    let listener = try SocketListener(.unix(path: path))
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .exists)
    #expect(kind { _ = try SocketListener(.unix(path: path), kind: .packets) } == .exists)
    #expect(kind { _ = try DatagramSocket(receivingAt: .unix(path: path)) } == .exists)
    #expect(exists(path))
    var peer = MessageStream(try .connected(to: .unix(path: path)), framing: .line)
    try peer.send(Array("hello".utf8))
    var first = MessageStream(try listener.accept(), framing: .line)
    #expect(try first.receive() == Array("hello".utf8))
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

  @Test("A file that somebody else has put there since stays")
  func foreignFile() throws {
    for type in RawSocket.types {
      let other: Descriptor
      do {
        let listener = try SocketListener(.unix(path: path))
        unlink(path)
        other = try RawSocket.bound(path, type)
        _ = listener.address
      }
      #expect(exists(path), "type \(type)")
      unlink(path)
      _ = other.number
    }
    do {
      let listener = try SocketListener(.unix(path: path))
      unlink(path)
      _ = try folder.file("s", Array("precious".utf8))
      _ = listener.address
    }
    #expect(try content(of: path) == Array("precious".utf8))
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
extension ListenerTests {
  @Test("Of many that find the same stale file one gets the address, and keeps its file")
  func race() throws {
    for round in 0..<200 {
      let path = folder.entry("\(round)")
      try RawSocket.bound(path, RawSocket.datagram)
      // A child that another test is just starting may hold the socket for a moment.
      while kind({ _ = try DatagramSocket(sendingTo: .unix(path: path)) }) == nil { sched_yield() }
      let all = (0..<4).map { _ in
        Background { () -> Shared<SocketListener>? in
          do {
            return Shared(try SocketListener(.unix(path: path)))
          } catch let error as EndpointError where error.kind == .exists {
            return nil
          }
        }
      }
      let listeners = try all.compactMap { try $0.value() }
      #expect(listeners.count == 1)
      _ = try Descriptor.connected(to: .unix(path: path))
      _ = try listeners.first?.value.accept(until: .after(ChildProgram.patience))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix(".") })
    }
  }

  @Test("A stale file that may not be removed is denied", .enabled(if: getuid() == 0, "needs two users"))
  func foreignStale() async {
    // In a process of its own, which becomes another user.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.entry("s")
      try RawSocket.bound(path)
      precondition(chmod(path, 0o777) == 0 && chmod(folder.path, 0o1777) == 0)
      precondition(seteuid(65534) == 0)
      let outcome = kind { _ = try SocketListener(.unix(path: path)) }
      precondition(seteuid(0) == 0)
      precondition(outcome == .denied, "\(String(describing: outcome))")
      precondition(exists(path))
    }
  }

  @Test("All that is left can be removed at once, but nothing of others")
  func leftovers() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let folder = try TemporaryFolder()
      let listeners = try (0..<3).map { Shared(try SocketListener(.unix(path: folder.entry("\($0)")))) }
      unlink(folder.entry("1"))
      _ = try folder.file("1", [1])
      Leftovers.removeAll {
        let left = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        precondition(left == ["1"] && listeners.count == 3)
        exit(7)
      }
    }
  }
}
#endif
