import Foundation
import Testing
import WireFormats

@Suite("The names are those of PROTOCOL.md")
struct ProtocolPageTests {
  /// The first column of the table in a section.
  private static func names(inSection title: String) throws -> Set<String> {
    let page = try String(
      contentsOf: Vectors.repository.appendingPathComponent("interop/PROTOCOL.md"), encoding: .utf8)
    let section = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix(title) })
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
    return Set(rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) })
  }

  @Test("Framings")
  func framings() throws {
    #expect(try Self.names(inSection: "4. Framings") == Set(Framing.allCases.map(\.rawValue)))
  }

  @Test("Error kinds")
  func kinds() throws {
    #expect(try Self.names(inSection: "5. Error kinds") == Set(ErrorKind.allCases.map(\.rawValue)))
  }
}
