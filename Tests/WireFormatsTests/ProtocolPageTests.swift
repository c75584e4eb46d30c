import Foundation
import Testing
import WireFormats

@Suite("The names are those of PROTOCOL.md")
struct ProtocolPageTests {
  /// The first column of the table in a section.
  private static func names(inSection title: String) throws -> Set<String> {
    let page = try String(
      contentsOf: Vectors.repository.appendingPathComponent("interop/PROTOCOL.md"), encoding: .utf8)
    let sections = page.replacingOccurrences(of: "\n### ", with: "\n## ").components(separatedBy: "\n## ")
    let section = try #require(sections.first { $0.hasPrefix(title) })
    let cells = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "|").first }
    // A cell may have several names: what stands between every other pair of backticks.
    return Set(
      cells.flatMap { cell in
        cell.split(separator: "`").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      })
  }

  @Test("Framings")
  func framings() throws {
    #expect(try Self.names(inSection: "4. Framings") == Set(Framing.allCases.map(\.rawValue)))
  }

  @Test("Codecs")
  func codecs() throws {
    #expect(try Self.names(inSection: "Codecs and values") == Set(Codec.allCases.map(\.rawValue)))
  }

  @Test("Error kinds")
  func kinds() throws {
    #expect(try Self.names(inSection: "5. Error kinds") == Set(ErrorKind.allCases.map(\.rawValue)))
  }
}
