import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The command `parley adapter new`.
struct AdapterNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Create the folder of a new adapter that already answers hello.",
    discussion: """
      Example: parley adapter new ruby --template python --in interop
      For another language, keep the manifest of a template and translate its program.
      """)

  @Argument(help: "The name of the adapter and of its folder, such as ruby.")
  var name: String

  @Option(help: ArgumentHelp("The template to copy: a folder in interop/templates.", valueName: "name"))
  var template = "python"

  @Option(name: .customLong("in"), help: ArgumentHelp("Create the adapter's folder in this folder.", valueName: "path"))
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
      It answers hello, refuses all other commands, and exits at the end of input. Next:
        parley adapter check \(folder.shellWord)

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
