import ArgumentParser
import Cases
import Foundation
import Runner

/// The command `parley adapter new`.
struct AdapterNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write the folder of a new adapter, which already answers hello.",
    discussion: """
      Example: parley adapter new ruby --template python --in interop
      A template is a start in another language too: keep the manifest, and translate the program.
      """)

  @Argument(help: "The adapter's name, such as ruby; the folder has it too.")
  var name: String

  @Option(help: ArgumentHelp("What to begin with: a folder of interop/templates.", valueName: "name"))
  var template = "python"

  @Option(name: .customLong("in"), help: ArgumentHelp("Where the folder is made.", valueName: "path"))
  var parent = "."

  func validate() throws {
    guard name.wholeMatch(of: /[a-z][a-z0-9._]*/) != nil else {
      throw ValidationError("\"\(name)\" is not of the form [a-z][a-z0-9._]*, such as ruby.")
    }
  }

  func run() throws {
    let repository = try Repository()
    let templates = "\(repository.interop)/templates"
    let known = ((try? FileManager.default.contentsOfDirectory(atPath: templates)) ?? []).sorted()
    guard known.contains(template) else {
      throw ValidationError("There is no template \"\(template)\"; there are \(known.joined(separator: ", ")).")
    }
    let folder = URL(fileURLWithPath: parent).appendingPathComponent(name).standardizedFileURL.path
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw ValidationError("\(folder) is there already; choose another name, or remove it.")
    }
    try copy("\(templates)/\(template)", to: folder)
    FileHandle.standardOutput.writeReport(
      """
      Made \(folder) from the template \(template).
      It answers hello, refuses everything else, and exits at the end of its input. Next:
        parley adapter check \(folder)

      """)
  }

  /// Copies the files, with the name in the place of `{name}`.
  private func copy(_ template: String, to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for file in try FileManager.default.contentsOfDirectory(atPath: template) {
        let text = try String(contentsOfFile: "\(template)/\(file)", encoding: .utf8)
        try text.replacingOccurrences(of: "{name}", with: name)
          .write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
      }
    } catch {
      throw HarnessError("Cannot write \(folder): \(error.localizedDescription)")
    }
  }
}
