import Foundation
import Journal
import Reports
import Testing

@Suite("What an adapter wrote is text in a report, never markup or a command")
struct ForeignTextTests {
  @Test("No markup of an adapter's in the page, in Markdown or XML", arguments: [ReportFormat.html, .junit, .badge])
  func markup(_ format: ReportFormat) throws {
    let report = try format.report(EveryOutcome.run())
    #expect(!report.contains("<script>alert") && !report.contains("<img"))
    if format != .badge { #expect(report.contains("alert(1)"), "the text itself is there") }
  }

  @Test("The page's JSON has nothing that could end it, and reads as it was")
  func json() throws {
    let page = try ReportFormat.html.report(EveryOutcome.run())
    let parts = page.components(separatedBy: "id=\"data\">")
    let json = try #require(parts.last?.components(separatedBy: "</script>").first)
    #expect(!json.contains("<") && !json.contains(">") && !json.contains("&"))
    let content = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let adapters = try #require(content["adapters"] as? [[String: Any]])
    #expect(adapters[1]["runtime"] as? String == EveryOutcome.hostile)
  }

  @Test("XML has no character that XML 1.0 forbids", arguments: [ReportFormat.junit, .badge])
  func characters(_ format: ReportFormat) throws {
    let report = try format.report(EveryOutcome.run())
    let forbidden = report.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0xfffe || $0.value == 0xffff
    }
    #expect(forbidden.isEmpty)
  }

  @Test("In Markdown, foreign text is escaped outside of blocks, and a fence is longer than any within")
  func markdown() throws {
    let report = try ReportFormat.markdown.report(EveryOutcome.run())
    var fence: Substring?
    for line in report.split(separator: "\n", omittingEmptySubsequences: false) {
      let ticks = line.prefix { $0 == "`" }
      if let open = fence {
        if line == open { fence = nil }
      } else if ticks.count >= 3 {
        fence = ticks
      } else {
        #expect(
          !line.contains("<script") && !line.contains("<img") && !line.contains("](") && !line.contains("@d"), "\(line)"
        )
      }
    }
    #expect(fence == nil)
    #expect(report.contains("\n````text\n"))
  }

  @Test("No line of GitHub's log is an adapter's command")
  func commands() throws {
    let report = try ReportFormat.github.report(EveryOutcome.run())
    let commands = report.split(separator: "\n").filter { $0.drop(while: \.isWhitespace).hasPrefix("::") }
    for command in commands {
      let ours = /^::(error|warning) (file=[^,]*,)?(line=[0-9]+,)?title=[^:]*::|^::group::|^::endgroup::/
      #expect(command.contains(ours), "\(command)")
    }
    #expect(!report.contains("##["))
    #expect(commands.last == "::endgroup::")
  }

  @Test("Properties and messages of an annotation are escaped as GitHub wants them")
  func annotation() {
    var failure = Failure(blame: .reader, blamed: ["c (reader)"], expected: "100%, or: less", seen: "a\r\nb")
    failure.endpoints = []
    var run = WholeRun()
    run.add(
      .caseEnded(CaseRecord(name: EveryOutcome.name("unix+line", "c-c", "50%,a:b"), outcome: .failed, failure: failure))
    )
    let first = GitHubReport(run.summary) { "interop/\($0),x/adapter.yml" }.text.split(separator: "\n").first
    #expect(
      first
        == "::error file=interop/c%2Cx/adapter.yml,title=failed%3A messages/unix+line/c-c/50%25%2Ca%3Ab::blame reader: c (reader)%0Aexpected 100%25, or: less%0Aseen a\u{fffd}%0Ab%0Aagain: parley run 'messages/unix+line/c-c/50%25,a:b'"
    )
  }

  @Test("The text of a run in GitHub's log is no command either", arguments: ["::x::y", "  ::x::y", "a ##[x]y"])
  func harmless(line: String) {
    let text = GitHubReport.harmless("one\n\(line)\ntwo\n")
    #expect(text.hasPrefix("one\n") && text.hasSuffix("\ntwo\n"))
    #expect(!text.contains("\n::") && !text.contains("  ::") && !text.contains("##["))
  }
}
