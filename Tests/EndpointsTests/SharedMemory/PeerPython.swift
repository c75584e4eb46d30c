import Foundation
import Testing

/// A Python of this machine.
struct PeerPython: Sendable, CustomTestStringConvertible {
  /// Such as 3.11.2.
  let version: String
  let program: String

  var testDescription: String { "Python \(version)" }

  /// The second number of the version.
  var minor: Int { version.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 0 }

  /// The layout of this version's lists.
  var listLayout: String { minor == 8 ? "shareable-list-3.8" : "shareable-list" }

  /// One of each version from 3.6 on: those on the path, and pyenv's.
  static let all: [PeerPython] = {
    let environment = ProcessInfo.processInfo.environment
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let names = ["python3"] + (6...14).map { "python3.\($0)" }
    var programs = folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
    let versions = "\(environment["HOME"] ?? "")/.pyenv/versions"
    let installed = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
    programs += installed.sorted().map { "\(versions)/\($0)/bin/python3" }
    var found: [String: PeerPython] = [:]
    for program in programs where FileManager.default.isExecutableFile(atPath: program) {
      guard let python = try? PeerPython(program), python.minor >= 6 else { continue }
      if found[python.version] == nil { found[python.version] = python }
    }
    return found.values.sorted { ($0.minor, $0.version) < ($1.minor, $1.version) }
  }()

  /// Those that have `multiprocessing.shared_memory`.
  static let withSharedMemory = all.filter { $0.minor >= 8 }

  /// Asks a program what it is: one in pyenv's folder of shims may be nothing.
  private init(_ candidate: String) throws {
    let script = try PeerScript(
      candidate, ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.executable)"])
    let words = try script.hear().split(separator: " ", maxSplits: 1).map(String.init)
    try script.end()
    try #require(words.count == 2)
    (version, program) = (words[0], words[1])
  }
}

@Suite("The Pythons of this machine")
struct PeerPythonTests {
  @Test("There is one at least to test shared memory with")
  func some() {
    print("Tested with Python \(PeerPython.all.map(\.version).joined(separator: ", "))")
    #expect(!PeerPython.withSharedMemory.isEmpty)
  }
}
