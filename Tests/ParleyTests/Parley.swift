import Foundation
import Testing

/// The program under test, and where the tests find what it needs.
enum Parley {
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// `parley` is built beside the tests.
  static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("parley").path
  }()

  static func fake(_ name: String) -> String { "\(repository)/Tests/RunnerTests/Fakes/\(name)" }

  /// Four small cases.
  ///
  /// A glob costs much more than a name in a debug build.
  static let greetings =
    ["--adapters", "swift,python"]
    + ["python-python", "python-swift", "swift-python", "swift-swift"].map { "messages/unix+line/\($0)/greeting" }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - input: its standard input.
  ///   - folder: its working folder.
  ///   - environment: variables to add; an empty value takes one away.
  ///   - wrapper: a command that starts it, given its path and arguments.
  /// - Returns: how it ended.
  /// - Throws: if it cannot be started, or hangs.
  static func run(
    _ arguments: [String], input: String = "", in folder: String = "/", environment: [String: String] = [:],
    through wrapper: [String] = []
  ) throws -> Ended {
    try ParleyRun(arguments, input: input, in: folder, environment: environment, through: wrapper).ended()
  }
}

/// How a run ended.
struct Ended {
  /// The exit status; the signal's negative number if it was killed.
  var status: Int32
  var output: String
  var errors: String

  var lines: [Substring] { output.split(separator: "\n") }

  /// The numbers of the last line, by what they count; it must be the balance.
  func balance(_ location: SourceLocation = #_sourceLocation) throws -> [String: Int] {
    let form =
      /planned \d+ · passed \d+ · failed \d+ · expected \d+ · unexpected \d+ · unsupported \d+ · not run \d+/
    let line = try #require(lines.last, sourceLocation: location)
    #expect(line.wholeMatch(of: form) != nil, "\(line)", sourceLocation: location)
    var counts: [String: Int] = [:]
    for part in line.split(separator: " · ") {
      let words = part.split(separator: " ")
      counts[words.dropLast().joined(separator: " ")] = words.last.flatMap { Int($0) }
    }
    let sum = counts.values.reduce(0, +) - (counts["planned"] ?? 0)
    #expect(sum == counts["planned"], "\(line) does not balance", sourceLocation: location)
    return counts
  }
}

/// A folder of a test's own, which goes with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/parley-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
  }
}
