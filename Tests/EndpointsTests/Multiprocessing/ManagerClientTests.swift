import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("A client of Python's managers")
struct ManagerClientTests {
  private let folder: TemporaryFolder
  private var address: SocketAddress { .unix(path: folder.entry("m")) }

  init() throws { folder = try TemporaryFolder() }

  private func server(_ python: Python, _ kind: String = "base", _ more: [String] = []) throws -> ChildProgram {
    let server = try python.run("manager_server.py", [kind, folder.entry("m"), secretInHex] + more)
    #expect(try server.line() == "ready")
    return server
  }

  @Test("A queue of a BaseManager", arguments: Python.all)
  func queue(python: Python) throws {
    let server = try server(python)
    let manager = try ManagerClient(address, key: secret)
    var queue = try manager.queue()
    #expect(try queue.size() == 0)
    #expect(try queue.getNoWait() == nil)
    #expect(try queue.get(timeout: .milliseconds(20)) == nil)
    try queue.put(sample)
    #expect(try queue.put(.bytes([0xff]), timeout: .zero))
    #expect(try queue.size() == 2)
    #expect(try queue.get() == sample)
    #expect(try queue.get(timeout: .seconds(30)) == .bytes([0xff]))
    // A blocking get of one client and a put of another.
    let getter = Background {
      var queue = try manager.queue()
      return try queue.get()
    }
    try queue.put("late")
    #expect(try getter.value() == "late")
    #expect(queue.object.methods.contains("get_nowait"))
    _ = server.id
  }

  @Test("A full queue says so", arguments: Python.all)
  func full(python: Python) throws {
    let server = try server(python, "base", ["1"])
    var queue = try ManagerClient(address, key: secret).queue()
    #expect(try queue.put(1, timeout: .zero))
    #expect(try !queue.put(2, timeout: .milliseconds(20)))
    #expect(try queue.object.call("full") == .bool(true))
    _ = server.id
  }

  @Test("Dicts and lists of a SyncManager, and what they iterate over", arguments: Python.all)
  func proxies(python: Python) throws {
    let server = try server(python, "sync")
    let manager = try ManagerClient(address, key: secret)
    var dict = try manager.create("dict", [.map([.init("a", 1)])])
    #expect(try dict.call("__setitem__", ["b", .list([2])]) == .null)
    #expect(try dict.call("__getitem__", ["b"]) == .list([2]))
    #expect(try dict.call("__len__") == 2)
    #expect(try dict.call("#GETVALUE") == .map([.init("a", 1), .init("b", .list([2]))]))
    #expect(try dict.call("get", ["c", "none"]) == "none")
    do {
      _ = try dict.call("__getitem__", ["c"])
      Issue.record("no KeyError")
    } catch {
      #expect(error.kind == .internal && error.message.contains("KeyError"), "\(error)")
    }
    // That did no harm; and what has no such method says so.
    #expect(kind { _ = try dict.call("explode") } == .internal)
    #expect(kind { _ = try dict.call("__setitem__", ["f", .f32(1)]) } == .malformed)
    #expect(try dict.call("__contains__", ["a"]) == .bool(true))

    var names: [Value] = []
    var keys = try dict.proxy(from: "__iter__")
    while case .returned(let name) = try keys.reply(to: python.isAtLeast(3, 0) ? "__next__" : "next") {
      names.append(name)
    }
    #expect(names.map(\.tokens).sorted() == [Value.text("a").tokens, Value.text("b").tokens])
    #expect(kind { _ = try dict.call("__iter__") } == .unsupported)
    #expect(kind { _ = try dict.proxy(from: "__len__") } == .unsupported)

    var list = try manager.create("list", [.list([3, 1])])
    #expect(try list.call("append", [2]) == .null)
    #expect(try list.call("sort") == .null)
    #expect(try list.call("#GETVALUE") == .list([1, 2, 3]))
    #expect(try list.call("pop", [0]) == 1)
    #expect(try list.call("sort", keywords: ["reverse": .bool(true)]) == .null)
    #expect(try list.call("#GETVALUE") == .list([3, 2]))
    #expect(try list.call("index", [2], until: .after(ChildProgram.patience)) == 1)
    _ = server.id
  }

  @Test("What nobody refers to any more is gone, and only then", arguments: Python.all)
  func references(python: Python) throws {
    let server = try server(python, "sync")
    let manager = try ManagerClient(address, key: secret)
    let before = try manager.numberOfObjects()
    do {
      var one = try manager.create("dict")
      _ = try one.call("__setitem__", [1, 2])
      let iterator = try one.proxy(from: "__iter__")
      #expect(try manager.numberOfObjects() == before + 2)
      _ = iterator.identifier
    }
    #expect(try manager.numberOfObjects() == before)
    _ = server.id
  }

  @Test("A wrong key, and a name that is not registered", arguments: Python.all)
  func mistakes(python: Python) throws {
    let server = try server(python)
    #expect(kind { _ = try ManagerClient(address, key: [1]) } == .authentication)
    let manager = try ManagerClient(address, key: secret)
    #expect(kind { _ = try manager.queue("nothing") } == .internal)
    #expect(kind { _ = try manager.create("dict") } == .internal)
    // It serves on.
    var queue = try manager.queue()
    #expect(try queue.size() == 0)
    _ = server.id
  }

  @Test("A server that dies in a blocking get is closed, and stays so", arguments: Python.all)
  func dies(python: Python) throws {
    let server = try server(python)
    let manager = try ManagerClient(address, key: secret)
    let waiting = DispatchSemaphore(value: 0)
    let getter = Background {
      var queue = try manager.queue()
      _ = try queue.size()
      waiting.signal()
      let first = kind { _ = try queue.get() }
      return [first, kind { _ = try queue.get() }]
    }
    waiting.wait()
    server.kill()
    #expect(try getter.value() == [.closed, .closed])
    #expect(kind { _ = try ManagerClient(address, key: secret) } == .refused)
  }

  @Test("A server that ends when asked to", arguments: Python.all)
  func shutDown(python: Python) throws {
    let server = try server(python)
    try ManagerClient(address, key: secret).shutDown()
    #expect(server.wait() == 0, "\(server.log)")
  }

  @Test("What a reply names is not executed", arguments: Python.all)
  func bomb(python: Python) throws {
    let server = try server(python)
    var bombs = try ManagerClient(address, key: secret).create("get_bombs")
    let command = "touch \(folder.entry("executed"))"
    guard case .object(let object) = try bombs.call("get", [.text(command)]) else {
      Issue.record("not an object")
      return
    }
    #expect(object.name == "posix.system")
    #expect(!exists(folder.entry("executed")))
    _ = server.id
  }

  @Test("Where nobody listens there is no manager")
  func missing() {
    #expect(kind { _ = try ManagerClient(address, key: secret) } == .missing)
  }

  @Test(
    "A server that does not speak as managers do",
    arguments: [
      ([0x80, 2, 0x4e, 0x2e], .malformed), ([0xff], .malformed), (Array("cos\nsystem\n.".utf8), .malformed),
    ] as [([UInt8], ErrorKind)])
  func nonsense(reply: [UInt8], expected: ErrorKind) throws {
    let listener = try MultiprocessingListener(address, key: secret)
    let path = address
    let client = Background { kind { _ = try ManagerClient(path, key: secret) } }
    var connection = try listener.accept()
    _ = try connection.receiveBytes()
    try connection.sendBytes(reply)
    #expect(try client.value() == expected)
  }

  @Test("A server that is silent after the handshake is a timeout, one that hangs up is closed")
  func silent() throws {
    let listener = try MultiprocessingListener(address, key: secret)
    let path = address
    let client = Background { kind { _ = try ManagerClient(path, key: secret, patience: .milliseconds(200)) } }
    var connection = try listener.accept()
    _ = try connection.receiveBytes()
    #expect(try client.value() == .timeout)

    let second = Background { kind { _ = try ManagerClient(path, key: secret) } }
    var other = try listener.accept()
    _ = try other.receiveBytes()
    _ = consume other
    #expect(try second.value() == .closed)
    _ = consume connection
  }
}
