import Foundation
import Testing

/// A run of the program as a child process.
final class ParleyRun {
  private let process = Process()
  private let folder: TemporaryFolder
  private let end = DispatchSemaphore(value: 0)

  /// The longest that any run here takes, however busy the machine is, in seconds.
  private static let bound = 60.0

  init(
    _ arguments: [String], input: String = "", in working: String = "/", environment: [String: String] = [:],
    through wrapper: [String] = []
  ) throws {
    folder = try TemporaryFolder()
    let command = wrapper + [Parley.program] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: working)
    // The caller's own settings must not change what is tested.
    var variables = ProcessInfo.processInfo.environment
    for name in ["CI", "NO_COLOR", "GITHUB_ACTIONS"] { variables[name] = nil }
    variables["PARLEY_INTEROP"] = "\(Parley.repository)/interop"
    variables["TERM"] = "xterm"
    // A busy machine must not make a run speak of its progress.
    variables["PARLEY_PROGRESS_SECONDS"] = "3600"
    variables.merge(environment) { $1 }
    process.environment = variables.filter { !$0.value.isEmpty }
    try Data(input.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/in"))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(folder.path)/in"))
    process.standardOutput = try Self.file("\(folder.path)/out")
    process.standardError = try Self.file("\(folder.path)/err")
    process.terminationHandler = { [end] _ in end.signal() }
    try Self.withNoSignalBlocked { try process.run() }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var id: pid_t { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { kill(id, signal) }

  /// Waits for the end.
  func ended() throws -> Ended {
    try #require(end.wait(timeout: .now() + Self.bound) == .success, "parley hangs")
    let isExit = process.terminationReason == .exit
    return Ended(
      status: isExit ? process.terminationStatus : -process.terminationStatus, output: try folder.text("out"),
      errors: try folder.text("err"))
  }

  /// The threads that tests run on block signals, and a child process inherits that.
  private static func withNoSignalBlocked(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  private static func file(_ path: String) throws -> FileHandle {
    try #require(FileManager.default.createFile(atPath: path, contents: nil))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }
}
