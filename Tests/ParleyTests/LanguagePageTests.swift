import Foundation
import Testing

/// `interop/LANGUAGES.md` says what the adapters declare now, and has a section for each.
@Suite struct LanguagePageTests {
  private static let page = try? String(
    contentsOfFile: "\(Parley.repository)/interop/LANGUAGES.md", encoding: .utf8)

  private static let folders: [String] = {
    let interop = "\(Parley.repository)/interop"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: interop)) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(interop)/\($0)/adapter.yml") }.sorted()
  }()

  private func rows(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| ") && $0.hasSuffix(" |") }
  }

  @Test func itsTablesAreThoseOfTheCommand() throws {
    let page = try #require(Self.page)
    let ended = try Parley.run(["adapters", "--markdown"])
    #expect(ended.status == 0, "\(ended.errors)")
    let known = Set(rows(page))
    let installed = rows(ended.output)
    #expect(installed.count >= 4)
    for row in installed {
      #expect(
        known.contains(row), "behind: replace the tables by the output of parley adapters --markdown; it has \(row)")
    }
  }

  @Test func everyAdapterHasItsRowsAndItsSection() throws {
    let page = try #require(Self.page)
    let rows = rows(page)
    for name in Self.folders {
      #expect(rows.filter { $0.hasPrefix("| \(name) |") }.count == 3, "\(name)")
      #expect(page.contains("(`\(name)`)\n"), "\(name) has no section")
    }
  }
}
