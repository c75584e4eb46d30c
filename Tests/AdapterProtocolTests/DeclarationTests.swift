import AdapterProtocol
import Testing
import WireFormats

@Suite("Declarations")
struct DeclarationTests {
  static let full = Declaration(
    language: "python", runtime: "CPython 3.11.7", transports: ["unix", "file-slot"],
    framings: ["multiprocessing", "line"], codecs: ["json"], features: ["echo", "ping"])
  static let empty = Declaration(
    language: "c", runtime: "", transports: [], framings: [], codecs: [], features: [])

  @Test("The reply to hello is as PROTOCOL.md shows it")
  func line() {
    #expect(
      Self.full.reply.line
        == "ok protocol=1 language=python runtime=CPython%203.11.7 transports=unix,file-slot"
        + " framings=multiprocessing,line codecs=json features=echo,ping")
  }

  @Test("One comes back from its reply, empty lists too", arguments: [full, empty])
  func roundTrip(declaration: Declaration) throws {
    let line = declaration.reply.bytes
    #expect(try Declaration(Reply(parsing: line[...])) == declaration)
  }

  @Test("A missing key is named", arguments: ["language", "runtime", "transports", "framings", "codecs", "features"])
  func missingKey(key: String) throws {
    guard case .ok(let fields) = Self.full.reply else { return }
    let error = #expect(throws: ProtocolError.self) { try Declaration(.ok(fields.filter { $0.key != key })) }
    #expect(error?.message.contains("lacks the key \(key)") == true)
  }

  @Test("Another protocol version, or none, is refused", arguments: ["2", "1.0", "", nil])
  func version(version: String?) throws {
    guard case .ok(let fields) = Self.full.reply else { return }
    let rest = fields.filter { $0.key != "protocol" }
    let error = #expect(throws: ProtocolError.self) {
      try Declaration(.ok(rest + (version.map { [Field("protocol", $0)] } ?? [])))
    }
    #expect(error?.message == "hello must answer protocol=1; it answered \"\(version ?? "")\"")
  }

  @Test("An error instead is passed on")
  func error() {
    let error = #expect(throws: ProtocolError.self) { try Declaration(.error(.internal, message: "no memory")) }
    #expect(error?.message.contains("internal: no memory") == true)
  }
}
