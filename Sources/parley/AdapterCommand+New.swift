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
      The templates: \(Templates.listed).
      For another language, keep the manifest of a template and translate its program.
      """)

  @Argument(help: "The name of the adapter and of its folder, such as ruby.")
  var name: String

  @Option(help: ArgumentHelp("The template to copy.", valueName: "name"))
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
    let templates = Templates(repository)
    guard templates.names.contains(template) else {
      throw ValidationError(
        "There is no template \"\(template)\"; \(NearestWord.advice(template, among: templates.names)).")
    }
    let taken = try TakenNames(repository)
    if let owner = taken.folder(of: name) {
      throw ValidationError(
        "\(name) is the name of \(owner), or of a version of its runtime; choose another name, such as \(taken.free(like: name))."
      )
    }
    let folder = URL(fileURLWithPath: parent).appendingPathComponent(name).standardizedFileURL.path
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw ValidationError("\(folder) is there already; choose another name, or remove it.")
    }
    try copy("\(templates.folder)/\(template)", to: folder)
    let program = templates.program(of: template).map { "\(folder)/\($0)" } ?? folder
    FileHandle.standardOutput.writeReport(
      """
      Made \(folder) from the template \(template).
      It answers hello, refuses all other commands, and exits at the end of input. Next:
        parley adapter check \(folder.shellWord)
      It is a program in the template's language, and its reply to hello says so. When you write it in another one, change
      language= and runtime= in \(program), and the programs in adapter.yml.

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
