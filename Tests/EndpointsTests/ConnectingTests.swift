import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Connecting")
struct ConnectingTests {
  private let folder: TemporaryFolder
  private var path: String { folder.entry("s") }

  init() throws { folder = try TemporaryFolder() }

  @Test("To a path that does not exist is missing, and the message names it")
  func missing() {
    let error = #expect(throws: EndpointError.self) { _ = try Descriptor.connected(to: .unix(path: path)) }
    #expect(error?.kind == .missing)
    #expect(error?.message.contains(path) == true)
  }

  @Test("To a file that is no socket is refused")
  func regularFile() throws {
    let file = try folder.file("s", [])
    #expect(kind { _ = try Descriptor.connected(to: .unix(path: file)) } == .refused)
  }

  @Test("Where nobody listens any more is refused", arguments: Link.sockets)
  func refused(link: Link) throws {
    let address: SocketAddress
    do {
      let listener =
        switch link {
        case .tcp: try SocketListener(.tcp(port: 0))
        case .unix: try SocketListener(.unix(path: path))
        default: try SocketListener(.abstract(name: path))
        }
      address = listener.address
      // Its file goes with the listener; a second name for it stays.
      if link == .unix { try #require(Foundation.link(path, folder.entry("stale")) == 0) }
    }
    let stale = link == .unix ? .unix(path: folder.entry("stale")) : address
    #expect(kind { _ = try Descriptor.connected(to: stale) } == .refused)
  }

  @Test("With packets to a listener of a stream is refused")
  func otherKind() throws {
    let listener = try SocketListener(.unix(path: path))
    #expect(kind { _ = try Descriptor.connected(to: listener.address, kind: .packets) } == .refused)
  }

  @Test("Without permission is denied", .enabled(if: getuid() != 0, "root may connect everywhere"))
  func denied() throws {
    let listener = try SocketListener(.unix(path: path))
    #expect(chmod(path, 0) == 0)
    #expect(kind { _ = try Descriptor.connected(to: listener.address) } == .denied)
  }
}
