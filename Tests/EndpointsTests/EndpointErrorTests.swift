import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Errors of the system become kinds")
struct EndpointErrorTests {
  static let kinds: [(Int32, String, ErrorKind)] = [
    (EPIPE, "EPIPE", .closed),
    (ECONNRESET, "ECONNRESET", .reset),
    (ECONNREFUSED, "ECONNREFUSED", .refused),
    (EPROTOTYPE, "EPROTOTYPE", .refused),
    (ENOENT, "ENOENT", .missing),
    (ENOTDIR, "ENOTDIR", .missing),
    (EBADF, "EBADF", .missing),
    (EADDRINUSE, "EADDRINUSE", .exists),
    (EEXIST, "EEXIST", .exists),
    (EACCES, "EACCES", .denied),
    (EPERM, "EPERM", .denied),
    (EROFS, "EROFS", .denied),
    (ETIMEDOUT, "ETIMEDOUT", .timeout),
    (EAGAIN, "EAGAIN", .timeout),
    (EMSGSIZE, "EMSGSIZE", .tooLarge),
    (EAFNOSUPPORT, "EAFNOSUPPORT", .unsupported),
    (EPROTONOSUPPORT, "EPROTONOSUPPORT", .unsupported),
    (EOPNOTSUPP, "EOPNOTSUPP", .unsupported),
    (ENAMETOOLONG, "ENAMETOOLONG", .usage),
    (EISDIR, "EISDIR", .usage),
    (EMFILE, "EMFILE", .internal),
    (ENFILE, "ENFILE", .internal),
    (EIO, "EIO", .internal),
    (ENOSPC, "ENOSPC", .internal),
  ]

  @Test("As PROTOCOL.md says, with a sentence that names what was done", arguments: kinds)
  func kind(code: Int32, name: String, kind: ErrorKind) {
    let error = EndpointError(errno: code, during: "connecting to /tmp/x")
    #expect(error.kind == kind, "\(name)")
    #expect(error.message.hasPrefix(String(cString: strerror(code)) + " while connecting to /tmp/x"))
    #expect(error.message.hasSuffix("."))
  }

  @Test("Every errno of the table in PROTOCOL.md has a row here")
  func complete() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("interop/PROTOCOL.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("5. Error kinds") })
    for row in section.split(separator: "\n") where row.hasPrefix("| `") {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      for name in cells.dropFirst(2).joined().components(separatedBy: ", ") where name.hasPrefix("E") {
        let mapped = Self.kinds.first { $0.1 == name }?.2
        #expect(mapped.map { "`\($0.rawValue)`" } == cells[0], "\(name)")
      }
    }
  }

  @Test("A framing's error keeps its kind and its sentence")
  func framing() {
    let error = EndpointError(FramingError.truncated(missing: 3))
    #expect(error.kind == .truncated)
    #expect(error.description.hasPrefix("truncated: The stream ended inside a frame"))
  }
}
