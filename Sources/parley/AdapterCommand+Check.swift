import AdapterCheck
import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The command `parley adapter check`.
struct AdapterCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check an adapter step by step, and say what to do next.",
    discussion: """
      Example: parley adapter check ~/ruby
      The check stops at the first fault. It shows the bytes, the rule of the protocol that is broken, and the next step.
      Exit status: 0 all that the adapter declares works, 1 something does not, 2 wrong usage, 3 the harness failed.
      """)

  @Argument(help: "The adapter's folder, with its adapter.yml.")
  var path: String

  @Option(
    help: ArgumentHelp(
      "Time limit for each command, in seconds. An endpoint may take 30 to start.", valueName: "seconds"))
  var timeout: Double = 10

  @Option(help: ArgumentHelp("Time limit for the build, in seconds.", valueName: "seconds"))
  var buildTimeout: Double = 600

  @Flag(help: "Run all scenarios on all combinations of declared transports and framings.")
  var full = false

  func validate() throws {
    for (name, seconds) in [("--timeout", timeout), ("--build-timeout", buildTimeout)] {
      guard seconds > 0, seconds <= 86_400 else {
        throw ValidationError("\(name) is \(seconds); give seconds, more than 0 and at most 86400.")
      }
    }
  }

  func run() throws {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    try AdapterFolders.check(path, url, needsManifest: false)
    let folder = url.path
    let repository = try Repository()
    var settings = Ladder.Settings(folder: folder, interop: repository.interop)
    settings.deadline = timeout
    settings.buildDeadline = buildTimeout
    settings.isFull = full
    let site = try Site(guardProgram: CommandLine.program)
    defer { site.close() }
    let text = LadderText(again: Again(folder: folder, interop: repository.interop, check: path))
    let progress = ProgressLine()
    defer { progress.end() }
    settings.progress = { ended, planned, name in
      progress.show(ProgressLine.Standing(ended: ended, planned: planned, bad: 0, name: name))
    }
    let isGood = try Ladder(settings, site: site).climb { event in
      progress.clear()
      FileHandle.standardOutput.writeReport(text.lines(event))
    }
    if !isGood { throw ExitCode(Status.failed) }
  }
}

/// The words that try again what failed.
struct Again {
  let folder: String
  let interop: String
  /// The path as it was given to `check`.
  let check: String

  func command(_ name: CaseName?) -> String {
    guard let name else { return "parley adapter check \(check.shellWord)" }
    // An adapter of the repository is known without being named.
    let isInside = URL(fileURLWithPath: folder).deletingLastPathComponent().path == interop
    return "parley run \(isInside ? "" : "--adapter \(folder.shellWord) ")\(name.description.quotedForShell)"
  }
}
