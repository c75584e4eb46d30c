import Foundation
import Testing

/// A run whose journal is a FIFO: the test sees what happens, and the run cannot go on far without it.
final class RunUnderWay {
  private let run: ParleyRun
  private let files: TemporaryFolder
  private let journal: Int32
  /// What the journal has told so far.
  private(set) var told = ""
  private let endpoints: [pid_t]
  private let mark: String
  private let workspace: String

  /// Starts a run and waits until four cases have ended, so that every adapter has been at work.
  init(_ arguments: [String]) throws {
    files = try TemporaryFolder()
    let path = "\(files.path)/journal"
    try #require(mkfifo(path, 0o600) == 0)
    // Also open for writing, so that opening does not wait for the run.
    journal = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    try #require(journal >= 0)
    run = try ParleyRun(["run", "--journal", path] + arguments)
    var text = ""
    while text.components(separatedBy: "case-ended").count <= 4 {
      try #require(run.isRunning, "parley ended early")
      text += Self.read(journal)
    }
    told = text
    endpoints = Proc.children(of: run.id).filter { Proc.variable("PARLEY_RUN", of: $0) != nil }
    let one = try #require(endpoints.first)
    mark = try #require(Proc.variable("PARLEY_RUN", of: one))
    workspace = try #require(Proc.variable("TMPDIR", of: one))
    try #require(FileManager.default.fileExists(atPath: workspace))
  }

  deinit { close(journal) }

  func send(_ signal: Int32) { run.send(signal) }

  /// The run's process id.
  var id: pid_t { run.id }

  /// The run's workspace.
  var folder: String { workspace }

  /// An endpoint whose command line has a word.
  func endpoint(_ word: String) throws -> pid_t {
    try #require(endpoints.first { Proc.commandLine(of: $0).contains(word) })
  }

  /// Waits for the end.
  func ended() throws -> Ended {
    while run.isRunning { told += Self.read(journal) }
    while case let rest = Self.read(journal), rest != "" { told += rest }
    return try run.ended()
  }

  /// Whether nothing of the run is left, or soon will be: its guard may still be clearing up.
  func leavesNothing() -> Bool {
    for _ in 0..<2000 {
      if Proc.all().allSatisfy({ Proc.variable("PARLEY_RUN", of: $0) != mark }),
        !FileManager.default.fileExists(atPath: workspace)
      {
        return true
      }
      usleep(5000)
    }
    return false
  }

  /// Takes what the journal has; waits a moment if that is nothing.
  private static func read(_ journal: Int32) -> String {
    var entry = pollfd(fd: journal, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 100) > 0 else { return "" }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = Foundation.read(journal, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

/// What `/proc` tells.
enum Proc {
  static func all() -> [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
  }

  static func children(of parent: pid_t) -> [pid_t] {
    all().filter {
      content("stat", of: $0).split(separator: ")").last?.split(separator: " ").dropFirst().first == "\(parent)"
    }
  }

  static func variable(_ name: String, of process: pid_t) -> String? {
    content("environ", of: process).split(separator: "\0").first { $0.hasPrefix("\(name)=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  static func commandLine(of process: pid_t) -> String { content("cmdline", of: process) }

  private static func content(_ file: String, of process: pid_t) -> String {
    let data = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/\(file)"))
    return String(decoding: data ?? Data(), as: UTF8.self)
  }
}
