import BigInt
import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A manager in Swift")
struct ManagerServerTests {
  private let folder: TemporaryFolder
  private let queue = SharedQueue()
  private let server: ManagerServer
  private var path: String { folder.entry("m") }

  init() throws {
    folder = try TemporaryFolder()
    server = try ManagerServer(
      .unix(path: folder.entry("m")), key: secret,
      queues: ["get_queue": queue, "get_small_queue": SharedQueue(maximum: 1)], limit: 1 << 20)
  }

  private func client(_ python: Python) throws -> ChildProgram {
    let client = try python.run("manager_client.py", [path, secretInHex])
    #expect(try client.line() == "connected", "\(client.log)")
    return client
  }

  @Test("Python's clients find every method of a queue as it should be", arguments: Python.all)
  func everything(python: Python) throws {
    let client = try client(python)
    #expect(try client.ask("everything") == "right")
    #expect(client.wait() == 0, "\(client.log)")
  }

  @Test("Swift and Python share the queue, both ways", arguments: Python.all)
  func shared(python: Python) throws {
    let client = try client(python)
    #expect(try client.ask("sample") == "put")
    #expect(try queue.get() == sample)
    try queue.put(sample)
    #expect(try client.ask("compare") == "True")
    // The client waits first.
    try client.tell("get")
    try queue.put(42)
    #expect(try client.line() == "42")
  }

  @Test("Two versions of Python talk through it")
  func twoPythons() throws {
    let first = try client(try #require(Python.all.first))
    let last = try client(try #require(Python.all.last))
    for (writer, reader) in [(first, last), (last, first)] {
      #expect(try writer.ask("sample") == "put")
      #expect(try reader.ask("compare") == "True")
    }
  }

  @Test("A wrong key is refused, and does no harm", arguments: Python.all)
  func wrongKey(python: Python) throws {
    let stranger = try python.run("manager_client.py", [path, "00ff"])
    #expect(try stranger.line() == "AuthenticationError")
    #expect(kind { _ = try ManagerClient(.unix(path: path), key: [1]) } == .authentication)
    #expect(try client(python).ask("everything") == "right")
  }

  @Test("Closing it ends every wait of its clients, and removes the socket file", arguments: Python.all)
  func closing(python: Python) throws {
    let client = try client(python)
    // It has a session from then on.
    #expect(try client.ask("sample") == "put")
    #expect(try queue.get() == sample)
    try client.tell("get")
    let path = path
    let swift = Background {
      var queue = try ManagerClient(.unix(path: path), key: secret).queue()
      return kind { _ = try queue.get() }
    }
    server.close()
    #expect(["EOFError", "ConnectionResetError", "BrokenPipeError", "IOError"].contains(try client.line()))
    let outcome = Result { try swift.value() }
    switch outcome {
    case .success(let kind): #expect(kind == .closed)
    // It may not have come so far.
    case .failure(let error as EndpointError):
      #expect([.missing, .refused, .closed, .authentication].contains(error.kind), "\(error)")
    case .failure(let error): Issue.record(error)
    }
    #expect(!exists(path))
    #expect(kind { _ = try queue.get() } == .closed)
    // Once more is not an error.
    server.close()
  }

  @Test("Swift's own client finds its own server as it finds Python's")
  func swiftClient() throws {
    let manager = try ManagerClient(server.address, key: secret)
    var remote = try manager.queue()
    try remote.put(sample)
    #expect(try remote.size() == 1)
    #expect(try queue.get() == sample)
    #expect(try remote.getNoWait() == nil)
    #expect(try remote.get(timeout: .milliseconds(10)) == nil)
    #expect(try manager.numberOfObjects() == 2)
    #expect(kind { try manager.shutDown() } == .internal)
    #expect(kind { _ = try manager.queue("nothing") } == .internal)
    #expect(kind { _ = try remote.object.call("mutex") } == .internal)
    #expect(try remote.object.call("__str__").tokens.hasPrefix("text:"))
  }

  @Test("Captured frames of a Python client are answered")
  func captured() throws {
    for vector in try ManagerVectors.golden().fromPython where vector.identifier == nil && vector.method != "incref" {
      var connection = try MultiprocessingClient.connect(to: server.address, key: secret)
      try connection.sendBytes(vector.frame.payload)
      guard case .tuple(let reply)? = try connection.receive(until: .after(ChildProgram.patience)) else {
        Issue.record("\(vector.call) has no answer")
        continue
      }
      #expect(reply.first == "#RETURN", "\(vector.call)")
    }
  }

  @Test("Garbage instead of requests ends that conversation at most", arguments: Garbage.allCases)
  func garbage(_ garbage: Garbage) throws {
    var connection = try MultiprocessingClient.connect(to: server.address, key: secret)
    try connection.sendBytes(garbage.message)
    guard case .tuple(let reply)? = try connection.receive(until: .after(ChildProgram.patience)) else {
      Issue.record("no answer")
      return
    }
    #expect(reply.first == "#TRACEBACK")
    try expectService()
  }

  @Test("So do bytes instead of frames, and a request that is too large")
  func brokenFrames() throws {
    for bytes in [[0xff, 0xff, 0xff, 0xfe], [0x7f, 0, 0, 0], Array("GET / HTTP/1.1\r\n\r\n".utf8)] as [[UInt8]] {
      let connected = try Descriptor.connected(to: server.address)
      let raw = Descriptor(owning: fcntl(connected.number, F_DUPFD_CLOEXEC, 3))
      var stream = MessageStream(connected, framing: .multiprocessing)
      try stream.authenticate(.connecting, key: secret)
      try raw.write(bytes.span)
      let end = kind {
        let answer = try stream.receive(until: .after(ChildProgram.patience))
        #expect(answer == nil)
      }
      #expect(end == nil || end == .reset)

      let descriptor = try Descriptor.connected(to: server.address)
      try descriptor.write(bytes.span)
      try expectService()
    }
  }

  @Test("An object goes to the next getter if the one that waited is gone")
  func deadGetter() throws {
    let manager = try ManagerClient(server.address, key: secret)
    for _ in 0..<20 {
      var session = try MultiprocessingClient.connect(to: server.address, key: secret)
      try session.send(.tuple([.null, "accept_connection", .tuple(["test"]), .map([])]))
      _ = try session.receive()
      let object = try manager.create("get_queue")
      try session.send(.tuple([.text(object.identifier), "get", .tuple([]), .map([])]))
      // It hangs up without the answer, at whatever moment.
      _ = consume session
    }
    for number in 0..<20 { try queue.put(.int(BigInt(number))) }
    var remote = try manager.queue()
    for number in 0..<20 {
      #expect(try remote.get(timeout: .seconds(30)) == .int(BigInt(number)))
    }
  }

  @Test("A Python that is killed in a blocking get takes nothing with it", arguments: Python.all)
  func killed(python: Python) throws {
    let client = try client(python)
    try client.tell("get")
    client.kill()
    try queue.put("whole")
    #expect(try queue.get(until: .after(ChildProgram.patience)) == "whole")
    try expectService()
  }

  private func expectService() throws {
    var remote = try ManagerClient(server.address, key: secret).queue()
    #expect(try remote.size() >= 0)
  }

  #if os(Linux)
  @Test("After it all no descriptor and no thread is left")
  func nothingLeft() async {
    // In a process of its own, where nobody else opens any.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      func holdings() throws -> [Int] {
        try ["fd", "task"].map { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\($0)").count }
      }
      func run() throws {
        let server = try ManagerServer(.unix(path: folder.entry("m")), key: secret, handshakeTime: .seconds(30))
        let manager = try ManagerClient(server.address, key: secret)
        var queue = try manager.queue()
        try queue.put(1)
        #expect(kind { _ = try ManagerClient(server.address, key: [1]) } == .authentication)
        // Some that are in the middle of something: a handshake, a request, a wait.
        let silent = try Descriptor.connected(to: server.address)
        let authenticated = try MultiprocessingClient.connect(to: server.address, key: secret)
        var waiting = try MultiprocessingClient.connect(to: server.address, key: secret)
        try waiting.send(.tuple([.null, "accept_connection", .tuple(["test"]), .map([])]))
        _ = try waiting.receive()
        try waiting.send(.tuple([.text(queue.object.identifier), "get", .tuple([]), .map([])]))
        _ = try waiting.receive()
        try waiting.send(.tuple([.text(queue.object.identifier), "get", .tuple([]), .map([])]))
        server.close()
        #expect(try waiting.receive() == nil)
        _ = consume silent
        _ = consume authenticated
      }
      try run()
      let before = try holdings()
      for _ in 0..<5 { try run() }
      let after = try holdings()
      precondition(before == after, "\(before) before, \(after) after")
      precondition(!exists(folder.entry("m")))
    }
  }
  #endif
}

/// What a client may send that is no request.
enum Garbage: CaseIterable, Sendable {
  case noTuple
  case nothing
  case noPickle
  case command
  case endlessMarks

  var message: [UInt8] {
    switch self {
    case .noTuple: [0x80, 2, 0x4e, 0x2e]
    case .nothing: []
    case .noPickle: [0xff, 0xff]
    case .command: Array("cos\nsystem\n(Vexit 1\ntR.".utf8)
    case .endlessMarks: [UInt8](repeating: 0x28, count: 100_000)
    }
  }
}
