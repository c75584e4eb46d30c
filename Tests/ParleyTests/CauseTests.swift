import Foundation
import Testing

/// What failed is told by cause: two bugs in two programs are a few rows, not as many as there are wordings.
@Suite struct CauseTests {
  private struct Report: Decodable {
    struct Case: Decodable {
      struct Failure: Decodable {
        struct Difference: Decodable { var field: String }
        var code: String?
        var errorKind: String?
        var blamed: [String]
        var difference: Difference?
      }
      var outcome: String
      var failure: Failure?
    }
    var cases: [Case]
  }

  @Test func twoBugsAreAsFewRowsAsTheyDiffer() throws {
    let folder = try TemporaryFolder()
    let ended = try Parley.run([
      "run", "--adapters", "swift,prefix,lies", "--adapter", Parley.fake("prefix"), "--adapter", Parley.fake("lies"),
      "--json", "\(folder.path)/run.json", "--markdown", "\(folder.path)/run.md", "messages/unix+multiprocessing/**",
    ])
    #expect(ended.status == 1)
    let report = try JSONDecoder().decode(Report.self, from: Data(try folder.text("run.json").utf8))
    let failures = report.cases.compactMap(\.failure)
    #expect(failures.count > 20 && failures.allSatisfy { $0.code != nil })
    let causes = Set(
      failures.map { failure in
        let field = failure.difference?.field.filter { !$0.isNumber } ?? ""
        return [failure.blamed.joined(separator: " and "), failure.code ?? "", field, failure.errorKind ?? ""]
      })
    let rows = try folder.text("run.md").split(separator: "\n").filter {
      $0.contains(#/^\| (prefix|lies|swift) &#40;(writer|reader)/#)
    }
    #expect(rows.count == min(causes.count, 12), "\(rows.joined(separator: "\n"))\n\(causes)")
    #expect(causes.count <= 12, "\(causes)")
    #expect(rows.contains { $0.contains("| length prefix of message 1, byte 3 |") })
  }
}
