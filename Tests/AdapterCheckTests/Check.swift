import Foundation
import Testing

/// A run of `parley` in a folder of its own, with few partners so that a check is quick.
final class Check {
  let folder: String
  /// An `interop` with swift and no other partner.
  private let interop: String

  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// `parley` is built beside the tests.
  private static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("parley").path
  }()

  struct Ended {
    var status: Int32
    var output: String
    var errors: String

    /// The rows of the ladder: a mark and the rung's title.
    var rungs: [String] { Check.rungs(in: output) }
  }

  init() throws {
    var template = Array("/tmp/parley-check.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    interop = "\(folder)/interop"
    try FileManager.default.createDirectory(atPath: interop, withIntermediateDirectories: true)
    for name in ["PROTOCOL.md", "protocol", "vectors", "templates", "swift"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(interop)/\(name)", withDestinationPath: "\(Self.repository)/interop/\(name)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Writes a file; the path is relative to the folder.
  func write(_ name: String, _ text: String) throws {
    let file = URL(fileURLWithPath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// Makes an adapter x that is a program of Python.
  func writeAdapter(_ program: String, manifest: String = "name: x\ntitle: X\nrun: [python3, endpoint.py]\n") throws {
    try write("x/adapter.yml", manifest)
    try write("x/endpoint.py", program)
  }

  /// Runs `parley adapter` to its end.
  func run(_ arguments: String...) throws -> Ended {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = ["adapter"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PARLEY_INTEROP": interop, "PARLEY_PROGRESS_SECONDS": "3600",
    ]) { $1 }
    // Files, so that nothing waits for a full pipe.
    let (output, errors) = ("\(folder)/out", "\(folder)/err")
    for path in [output, errors] { try #require(FileManager.default.createFile(atPath: path, contents: nil)) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    process.waitUntilExit()
    return Ended(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  static func rungs(in text: String) -> [String] {
    text.split(separator: "\n").filter { "✓✗–".contains($0.prefix(1)) && !$0.isEmpty }.map { line in
      let end = line.range(of: "  ")?.lowerBound ?? line.endIndex
      return String(line[..<end])
    }
  }
}
