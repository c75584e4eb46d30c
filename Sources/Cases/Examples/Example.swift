/// An example: its declaration and the programs that run it.
package struct Example: Sendable {
  package let declaration: ExampleDeclaration
  /// The suite of its cases.
  package let suite: String
  package let folder: String
  package let programs: [Program]
  /// Whether every adapter holds every conversation, however many adapters there are: the user has named the declaration.
  package let isNamed: Bool

  package init(
    declaration: ExampleDeclaration, suite: String, folder: String, programs: [Program], isNamed: Bool = false
  ) {
    self.isNamed = isNamed
    self.declaration = declaration
    self.suite = suite
    self.folder = folder
    self.programs = programs
  }

  /// Whether a program is installed that runs it.
  package var isInstalled: Bool { programs.contains { $0.path != nil } }

  /// The same example with further versions of its language, installed or not.
  package func alsoRun(by versions: [String]) -> Example {
    let more = versions.filter { $0.hasPrefix(declaration.language) }.map { Program(name: $0, path: nil) }
    return Example(declaration: declaration, suite: suite, folder: folder, programs: programs + more, isNamed: isNamed)
  }

  /// A program that runs an example: the default one, or one version of a runtime.
  package struct Program: Sendable {
    /// The name in pairs.
    package var name: String
    /// The absolute path; nil if the program is missing.
    package var path: String?
    /// The numbers of its version; empty unless there are several versions.
    package var version: [Int] = []

    package init(name: String, path: String?, version: [Int] = []) {
      self.name = name
      self.path = path
      self.version = version
    }

    /// The numbers of a version: 3, 8 and 1 for `3.8.1`.
    package static func numbers(_ text: some StringProtocol) -> [Int] {
      text.split(separator: ".").compactMap { Int($0) }
    }
  }
}
