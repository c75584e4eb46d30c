/// A program that is started as an endpoint, or in an endpoint's place.
package struct Program: Sendable {
  /// What it is called.
  package var name: String
  /// The program's absolute path and its arguments.
  package var command: [String]
  /// The folder in which it runs.
  package var folder: String

  package init(name: String, command: [String], folder: String) {
    self.name = name
    self.command = command
    self.folder = folder
  }
}
