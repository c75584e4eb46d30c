import Endpoints
import Testing
import WireFormats

@Suite("Socket addresses")
struct AddressTests {
  #if os(Linux)
  static let longest = 107
  #else
  static let longest = 103
  #endif

  @Test("The longest path works from both sides")
  func longestPath() throws {
    let folder = try TemporaryFolder()
    let path = folder.entry(ofPathLength: Self.longest)
    let listener = try SocketListener(.unix(path: path))
    _ = try Descriptor.connected(to: .unix(path: path))
    _ = try listener.accept()
    #expect(exists(path))
  }

  @Test("A longer path is usage, never cut short", arguments: [1, 2, 100, 10_000].map { longest + $0 })
  func tooLongPath(length: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.entry(ofPathLength: length)
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .usage)
    #expect(kind { _ = try Descriptor.connected(to: .unix(path: path)) } == .usage)
    #expect(!exists(folder.entry(ofPathLength: Self.longest)))
  }

  @Test("An empty path, or one with a NUL, is usage", arguments: ["", "/tmp/parley\0x"])
  func unusablePath(path: String) {
    #expect(kind { _ = try SocketListener(.unix(path: path)) } == .usage)
    #expect(kind { _ = try Descriptor.connected(to: .unix(path: path)) } == .usage)
  }

  #if os(Linux)
  @Test("An abstract name has 1 to 107 bytes", arguments: [(0, ErrorKind.usage), (107, nil), (108, .usage)])
  func abstractLength(length: Int, right: ErrorKind?) throws {
    let folder = try TemporaryFolder()
    let name = String((folder.path + String(repeating: "x", count: 108)).prefix(length))
    #expect(kind { _ = try SocketListener(.abstract(name: name)) } == right)
  }
  #endif

  @Test(
    "People read them as they are written",
    arguments: [
      (SocketAddress.unix(path: "/tmp/app.sock"), "/tmp/app.sock"),
      (.abstract(name: "app"), "@app"),
      (.tcp(port: 80), "127.0.0.1:80"),
    ])
  func description(address: SocketAddress, text: String) {
    #expect(address.description == text)
  }
}
