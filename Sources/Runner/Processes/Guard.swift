import CPlatform
package import Cases
import Endpoints
import Foundation

/// The guard ends what a run started, even if the run is killed where it stands.
///
/// It is a second process, `parley guard`, that waits for the run to end, which it sees as the end of its standard input.
/// Every process of the run carries the run's mark in its environment; the guard ends those that are left, and removes
/// the workspace.
package enum Guard {
  /// The environment variable that carries the mark.
  package static let variable = "PARLEY_RUN"
  /// Stands for the workspace of a run that keeps it.
  package static let noWorkspace = "-"

  /// The guard's own part: waits for the end of standard input, then clears up.
  ///
  /// - Parameters:
  ///   - mark: the value of the variable in the run's processes.
  ///   - workspace: the folder to remove; anything that is no run's folder is left alone.
  package static func keep(mark: String, workspace: String) {
    var byte: UInt8 = 0
    while true {
      let count = read(0, &byte, 1)
      if count == 0 || (count < 0 && errno != EINTR) { break }
    }
    sweep(mark: mark)
    // Only ever a folder that a run made: the name is checked, since the path came as an argument.
    if URL(fileURLWithPath: workspace).lastPathComponent.hasPrefix("parley.") { _ = parley_remove_tree(workspace) }
  }

  /// Ends every process that carries the mark, until there is none; a fork may be under way while it looks.
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

  /// Empty for a process of another user, and for one that has ended and is not yet reaped.
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
  ///   - mark: what the run's processes carry.
  ///   - workspace: the folder to remove.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(program: String, mark: String, workspace: String) throws(HarnessError) {
    var ends: [Int32] = [-1, -1]
    guard parley_pipe(&ends) == 0 else { throw HarnessError("Cannot make a pipe for the guard.") }
    let reader = Descriptor(owning: ends[0])
    input = Descriptor(owning: ends[1])
    let nothing = Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
    process = try ChildProcess(
      [program, "guard", mark, workspace], descriptors: [reader.number, nothing.number, nothing.number],
      environment: [:], directory: "/", ownSession: true)
  }

  /// Lets the guard do its work, and waits for it.
  package func finish() {
    input = nil
    _ = process.wait(seconds: 10)
  }
}
