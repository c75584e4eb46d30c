import Foundation
import Testing

/// An interpreter on this machine.
struct Python: CustomTestStringConvertible, Sendable, Comparable {
  let path: String
  /// Such as 3.11.2.
  let version: [Int]

  var testDescription: String { "CPython \(version.map(String.init).joined(separator: "."))" }

  static func < (left: Python, right: Python) -> Bool { left.version.lexicographicallyPrecedes(right.version) }

  /// Every CPython 2.7 and 3.6 or newer that is on the path or one of pyenv's; one of a version.
  static let all: [Python] = {
    let home = NSHomeDirectory()
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(home)/.pyenv/versions")) ?? []
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let names = ["python3", "python2.7"] + (6...20).map { "python3.\($0)" }
    let candidates =
      folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      + versions.map {
        "\(home)/.pyenv/versions/\($0)/bin/python"
      }
    var found: [[Int]: Python] = [:]
    for path in candidates where FileManager.default.isExecutableFile(atPath: path) {
      guard let python = Python(path), found[python.version] == nil else { continue }
      found[python.version] = python
    }
    let all = found.values.sorted()
    print("Testing with \(all.map(\.testDescription).joined(separator: ", "))")
    return all
  }()

  private init?(_ path: String) {
    let question = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    guard let process = try? ChildProgram([path, "-c", question]),
      let answer = try? process.line(), process.wait() == 0
    else { return nil }
    let version = answer.split(separator: ".").compactMap { Int($0) }
    guard version.count == 3, version.starts(with: [2, 7]) || (version[0] == 3 && version[1] >= 6) else { return nil }
    (self.path, self.version) = (path, version)
  }

  /// Whether it has one of the features that came with a version.
  func isAtLeast(_ major: Int, _ minor: Int) -> Bool { !version.lexicographicallyPrecedes([major, minor]) }

  /// Starts one of the scripts beside these tests.
  ///
  /// - Parameters:
  ///   - script: the file's name.
  ///   - arguments: its arguments.
  ///   - descriptors: what it inherits as descriptors 3, 4 and so on.
  /// - Returns: the process.
  /// - Throws: what keeps it from being started.
  func run(_ script: String, _ arguments: [String] = [], inheriting descriptors: [Int32] = []) throws -> ChildProgram {
    try ChildProgram([path, "-u", "\(Here.scripts)/\(script)"] + arguments, inheriting: descriptors)
  }
}

/// Where these tests find what they need.
enum Here {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let scripts = tests.appendingPathComponent("Python").path
  static let vectors = tests.appendingPathComponent("../../../interop/vectors").standardized.path
  /// Swift's own endpoint, which is built beside the tests.
  static let endpoint: String = {
    // A test process is an executable of the package, or is given one that has the tests in it.
    let arguments = CommandLine.arguments
    let bundle =
      arguments.first { $0.hasSuffix(".xctest") }
      ?? (arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0])
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("parley-endpoint").path
  }()
}
