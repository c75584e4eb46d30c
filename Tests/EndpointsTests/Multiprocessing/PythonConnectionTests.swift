import Endpoints
import Testing
import WireFormats

/// Connections with Python's own multiprocessing.connection at the other end.
@Suite("Connections with Python")
struct PythonConnectionTests {
  /// Has the peer say its objects, compare ours with them, and return bytes; then hangs up.
  private func converse(_ connection: consuming MultiprocessingConnection, with peer: ChildProgram) throws {
    let deadline = Deadline.after(ChildProgram.patience)
    try connection.send("sample")
    #expect(try connection.receive(until: deadline) == sample)
    try connection.send("compare")
    try connection.send(sample)
    #expect(try connection.receive(until: deadline) == .bool(true))
    for count in [0, 1, 255, 16384, 16385, 1_000_000] {
      let message = [UInt8](repeating: 0xa5, count: count)
      try connection.send("bytes")
      try connection.sendBytes(message)
      #expect(try connection.receiveBytes(until: deadline) == message, "\(count) bytes")
    }
    try connection.send(.list([1, .map([])]))
    #expect(try connection.receive(until: deadline) == .list([1, .map([])]))
    _ = consume connection
    #expect(try peer.line() == "end")
    #expect(peer.wait() == 0, "\(peer.log)")
  }

  @Test("Swift listens, with and without a key", arguments: Python.all, [secretInHex, "-"])
  func swiftListens(python: Python, key: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.entry("s")
    let listener = try MultiprocessingListener(.unix(path: path), key: key == "-" ? nil : secret)
    let peer = try python.run("connection.py", ["connect", "unix", path, key])
    try converse(try listener.accept(), with: peer)
  }

  @Test("Swift connects, with and without a key", arguments: Python.all, [secretInHex, "-"])
  func swiftConnects(python: Python, key: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.entry("s")
    let peer = try python.run("connection.py", ["listen", "unix", path, key])
    #expect(try peer.line() == "ready")
    try converse(
      try MultiprocessingClient.connect(to: .unix(path: path), key: key == "-" ? nil : secret), with: peer)
  }

  @Test("Over TCP, either side listening", arguments: Python.all)
  func tcp(python: Python) throws {
    let listener = try MultiprocessingListener(.tcp(port: 0), key: secret)
    let port = String(listener.address.description.split(separator: ":")[1])
    let client = try python.run("connection.py", ["connect", "tcp", port, secretInHex])
    try converse(try listener.accept(), with: client)

    let server = try python.run("connection.py", ["listen", "tcp", "0", secretInHex])
    let chosen = try #require(UInt16(try server.line()))
    try converse(try MultiprocessingClient.connect(to: .tcp(port: chosen), key: secret), with: server)
  }

  #if os(Linux)
  @Test("Over an abstract address, either side listening", arguments: Python.all.filter { $0.isAtLeast(3, 7) })
  func abstract(python: Python) throws {
    let folder = try TemporaryFolder()
    let listener = try MultiprocessingListener(.abstract(name: folder.path), key: secret)
    let client = try python.run("connection.py", ["connect", "abstract", folder.path, secretInHex])
    try converse(try listener.accept(), with: client)

    let name = folder.path + "/other"
    let server = try python.run("connection.py", ["listen", "abstract", name, secretInHex])
    #expect(try server.line() == "ready")
    try converse(try MultiprocessingClient.connect(to: .abstract(name: name), key: secret), with: server)
  }
  #endif

  @Test("A wrong key is refused on both sides, either side listening", arguments: Python.all)
  func wrongKey(python: Python) throws {
    let folder = try TemporaryFolder()
    let path = folder.entry("s")
    let listener = try MultiprocessingListener(.unix(path: path), key: secret)
    let client = try python.run("connection.py", ["connect", "unix", path, "00ff"])
    #expect(kind { _ = try listener.accept() } == .authentication)
    #expect(client.wait() == 1)
    #expect(client.log.contains("AuthenticationError"), "\(client.log)")

    let server = try python.run("connection.py", ["listen", "unix", folder.entry("t"), "00ff"])
    #expect(try server.line() == "ready")
    #expect(
      kind { _ = try MultiprocessingClient.connect(to: .unix(path: folder.entry("t")), key: secret) } == .authentication
    )
    #expect(try server.line() == "AuthenticationError")
  }

  @Test("A peer without a key does not authenticate itself: it is silent, or takes the challenge for data")
  func noKey() throws {
    let python = try #require(Python.all.last)
    let folder = try TemporaryFolder()
    let path = folder.entry("s")
    let server = try python.run("connection.py", ["listen", "unix", path, "-"])
    #expect(try server.line() == "ready")
    #expect(
      kind {
        _ = try MultiprocessingClient.connect(to: .unix(path: path), key: secret, until: .after(.milliseconds(50)))
      } == .timeout)

    let listener = try MultiprocessingListener(.unix(path: folder.entry("t")), key: secret)
    let client = try python.run("connection.py", ["connect", "unix", folder.entry("t"), "-"])
    // It reads the challenge as a pickle, and dies of it.
    #expect(kind { _ = try listener.accept() } == .authentication)
    #expect(client.wait() == 1)
  }

  @Test("What a pickle names is not executed: it is a name", arguments: Python.all)
  func bomb(python: Python) throws {
    let folder = try TemporaryFolder()
    let peer = try python.run("connection.py", ["listen", "unix", folder.entry("s"), secretInHex])
    #expect(try peer.line() == "ready")
    var connection = try MultiprocessingClient.connect(to: .unix(path: folder.entry("s")), key: secret)
    try connection.send("bomb")
    let command = "touch \(folder.entry("executed"))"
    try connection.send(.text(command))
    guard case .object(let object)? = try connection.receive(until: .after(ChildProgram.patience)) else {
      Issue.record("not an object")
      return
    }
    #expect(object.name == "posix.system")
    #expect(object.arguments == .tuple([.text(command)]))
    #expect(!exists(folder.entry("executed")))
    // And it cannot be sent on, to where it would be.
    #expect(kind { try connection.send(.object(object)) } == .malformed)
  }
}
