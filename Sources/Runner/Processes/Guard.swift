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

  /// Runs in the guard: waits for the end of standard input, then cleans up.
  ///
  /// - Parameters:
  ///   - mark: the value of ``variable`` in the run's processes.
  ///   - workspace: the folder to remove; a folder that is not a run's workspace is left alone.
  package static func keep(mark: String, workspace: String) {
    var byte: UInt8 = 0
    while true {
      let count = read(0, &byte, 1)
      if count == 0 || (count < 0 && errno != EINTR) { break }
    }
    sweep(mark: mark)
    // The path came as an argument, so its name is checked: only a run's folder may be removed.
    if URL(fileURLWithPath: workspace).lastPathComponent.hasPrefix("parley.") { _ = parley_remove_tree(workspace) }
  }

  /// Kills every process with the mark, repeatedly until none is left, because one may fork meanwhile.
  package static func sweep(mark: String) {
    #if os(Linux)
    let wanted = Array("\(variable)=\(mark)".utf8)
    for _ in 0..<100 {
      let marked = processes().filter { $0 != getpid() && environment(of: $0).contains(wanted[...]) }
      if marked.isEmpty { return }
      for process in marked { kill(process, SIGKILL) }
    }
    #endif
  }

  private static func processes() -> [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
  }

  /// The environment of a process; empty for another user's process and for a zombie.
  private static func environment(of process: pid_t) -> [ArraySlice<UInt8>] {
    guard let content = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ")) else { return [] }
    return Array(content).split(separator: 0)
  }
}

/// The run's side of the guard.
package final class GuardProcess {
  private let process: ChildProcess
  private var input: Descriptor?

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

  /// Makes the guard clean up, and waits for it to exit.
  package func finish() {
    input = nil
    _ = process.wait(seconds: 10)
  }
}
