/// A program to start as an endpoint or as an example.
package struct Program: Sendable {
  /// The name for messages and pairs.
  package var name: String
  /// The program's absolute path and its arguments.
  package var command: [String]
  /// The path of its working directory.
  package var folder: String

  package init(name: String, command: [String], folder: String) {
    self.name = name
    self.command = command
    self.folder = folder
  }
}
