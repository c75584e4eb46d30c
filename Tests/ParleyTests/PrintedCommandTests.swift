import Foundation
import Testing

/// What is printed as a command runs that command and nothing else.
@Suite struct PrintedCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func nameThatARuntimePrintsIsChecked() throws {
    let place = "\(folder.path)/hostile"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try """
    name: hostile
    title: Hostile
    needs:
      - program: python3
        install: "true"
    runtimes:
      programs: [python3]
      name: [-c, "print(\\"a'; touch \(folder.path)/x; echo \\\\u202e'\\")"]
    run: [python3, -E, -S, \(Parley.repository)/interop/python/endpoint.py]

    """.write(toFile: "\(place)/adapter.yml", atomically: true, encoding: .utf8)
    let ended = try Parley.run(
      ["run", "--runtimes", "--adapter", place, "--adapters", "hostile", "messages/unix+line/**"])
    #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
    #expect(ended.output.contains("which is not of the form [a-z][a-z0-9._]*"), "\(ended.output)")
    #expect(!ended.output.unicodeScalars.contains("\u{202e}"))
    for command in ended.commands { #expect(!command.contains("touch"), "\(command)") }
  }

  @Test func pathsWithBlanksAndQuotesCanBeCopied() throws {
    let place = "\(folder.path)/a b; touch x; 'c"
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: Parley.fake("lies"))
    let name = "messages/unix+line/swift-lies/greeting"
    let ended = try Parley.run(["run", "--adapter", place, "--adapters", "swift,lies", name])
    #expect(ended.status == 1)
    let command = try #require(ended.commands.first)
    let again = try Parley.shell(command, in: folder.path)
    #expect(again.status == 1 && again.output.contains("FAILED \(name)\n"), "\(command) \(again.output)\(again.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func checkOfAnAdapterQuotesItsPath() throws {
    let place = "\(folder.path)/a b"
    try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: Parley.fake("lies"))
    let ended = try Parley.run(["adapter", "check", place])
    #expect(ended.status == 1)
    #expect(try #require(ended.commands.first).contains("'\(place)'"), "\(ended.output)")
  }
}

extension Ended {
  /// The commands that run cases again.
  fileprivate var commands: [String] {
    let label = "  again     "
    return lines.filter { $0.hasPrefix(label) }.map { String($0.dropFirst(label.count)) }
  }
}

extension Parley {
  /// Runs a command as somebody does who copied it.
  fileprivate static func shell(_ command: String, in folder: String) throws -> Ended {
    try run([], in: folder, through: ["/bin/sh", "-c", command])
  }
}
