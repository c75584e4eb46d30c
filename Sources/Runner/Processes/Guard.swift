import CPlatform
package import Cases
import Endpoints
import Foundation

/// The guard cleans up after a run, even if the run is killed.
///
/// It is a second process, `parley guard`, that waits for the end of its standard input, which is the end of the run.
/// Every process of the run has the run's mark in its environment; the guard kills those that are left and removes
/// the workspace.
package enum Guard {
  /// The environment variable that carries the mark.
  package static let variable = "PARLEY_RUN"
  /// The workspace argument of a run that keeps its workspace.
  package static let noWorkspace = "-"

  /// A mark that no other run has: a letter, and seven letters or digits.
  static func newMark() -> String {
    let letters = "abcdefghijklmnopqrstuvwxyz"
    return String((0..<8).compactMap { (letters + ($0 == 0 ? "" : "0123456789")).randomElement() })
  }

  /// Runs in the guard: waits for the end of standard input, then cleans up.
  ///
  /// - Parameters:
  ///   - mark: the value of ``variable`` in the run's processes.
  ///   - workspace: the folder to remove; a folder that is not a run's workspace is left alone.
  package static func keep(mark: String, workspace: String) {
    let run = getppid()
    var descendants: Descendants?
    while !hasInputEnded(milliseconds: lookInterval) {
      // A process in a session of its own and without the mark can be told only by its ancestors, while they live.
      if getppid() == run { descendants = Descendants(of: run, without: [getpid()]) }
    }
    descendants?.kill()
    sweep(mark: mark)
    // The path came as an argument, so its name and its owner are checked: only a run's folder may be removed.
    var status = stat()
    guard URL(fileURLWithPath: workspace).lastPathComponent.hasPrefix("parley."), lstat(workspace, &status) == 0,
      status.st_uid == geteuid()
    else { return }
    Workspace.removeTree(workspace)
  }

  /// How often the guard looks at the run's processes, in milliseconds: rarely enough to cost nothing.
  private static let lookInterval: Int32 = 250

  private static func hasInputEnded(milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return false }
    var byte: UInt8 = 0
    let count = read(0, &byte, 1)
    return count == 0 || count < 0 && errno != EINTR
  }

  /// Kills every process with the mark, repeatedly until none is left, because one may fork meanwhile.
  package static func sweep(mark: String) {
    #if os(Linux)
    let wanted = Array("\(variable)=\(mark)".utf8)
    for _ in 0..<100 {
      var isDone = true
      for process in processes() where process != getpid() {
        if environment(of: process).contains(wanted[...]) {
          kill(process, SIGKILL)
        } else if !ProcessInspection.isStarting(process) {
          continue
        }
        isDone = false
      }
      if isDone { return }
      // A process of low priority must get a chance to start.
      usleep(1000)
    }
    #endif
  }

  private static func processes() -> [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
  }

  /// The environment of a process; empty for another user's process, for a zombie, and while the process starts.
  private static func environment(of process: pid_t) -> [ArraySlice<UInt8>] {
    (SystemFile.content(of: "/proc/\(process)/environ") ?? []).split(separator: 0)
  }
}

/// The run's side of the guard.
package final class GuardProcess {
  private let process: ChildProcess
  private var input: Descriptor?

  /// The guard's process id.
  package var id: Int32 { process.id }

  /// Starts the guard.
  ///
  /// - Parameters:
  ///   - program: the path of `parley`.
  ///   - mark: the value of ``Guard/variable`` in the run's processes.
  ///   - workspace: the folder to remove.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(program: String, mark: String, workspace: String) throws(HarnessError) {
    var ends: [Int32] = [-1, -1]
    guard parley_pipe(&ends) == 0 else { throw HarnessError("Cannot create a pipe for the guard.") }
    let reader = Descriptor(owning: ends[0])
    input = Descriptor(owning: ends[1])
    let nothing = Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
    process = try ChildProcess(
      [program, "guard", mark, workspace], descriptors: [reader.number, nothing.number, nothing.number],
      environment: [:], directory: "/", ownSession: true)
  }

  /// Ends the guard before it had anything to guard: the path that it knows belongs to somebody else.
  package func abandon() { process.kill() }

  /// Makes the guard clean up, and waits for it to exit.
  package func finish() {
    input = nil
    _ = process.wait(seconds: 10)
  }
}
