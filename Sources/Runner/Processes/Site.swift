import CPlatform
package import Cases
import Foundation

/// A run's workspace, the mark of its processes, and the guard that cleans up after it.
package final class Site: Sendable {
  package let workspace: Workspace
  /// The value of ``Guard/variable`` in the run's processes.
  package let mark: String
  private let guardian: GuardHolder

  /// Only ``close()`` uses this box, after all other work is done; so it needs no lock.
  private final class GuardHolder: @unchecked Sendable {
    var process: GuardProcess?
  }

  /// Starts the guard, and creates the workspace.
  ///
  /// - Parameters:
  ///   - guardProgram: the path of `parley`, which contains the guard; nil for none, if the caller cannot be killed. With a
  ///     guard, all child processes of this process belong to the run.
  ///   - keepsWorkspace: whether to keep the workspace for inspection.
  /// - Throws: ``HarnessError`` if the workspace cannot be created or the guard cannot start.
  package init(guardProgram: String?, keepsWorkspace: Bool = false) throws(HarnessError) {
    // Writing to an endpoint that has exited must be an error, not a SIGPIPE that ends the run.
    parley_ignore_broken_pipe()
    DescriptorLimit.raise()
    parley_permit_owner()
    if guardProgram != nil {
      Strays.adopt()
      Workspace.sweep()
    }
    guardian = GuardHolder()
    hasGuard = guardProgram != nil
    while true {
      let mark = Guard.newMark()
      let path = Workspace.path(mark: mark, isKept: keepsWorkspace)
      // First the guard, so that there is no moment at which a folder would stay.
      if let guardProgram {
        guardian.process = try GuardProcess(
          program: guardProgram, mark: mark, workspace: keepsWorkspace ? Guard.noWorkspace : path)
      }
      if let workspace = try Workspace(path, isKept: keepsWorkspace) {
        self.workspace = workspace
        self.mark = mark
        return
      }
      guardian.process?.abandon()
    }
  }

  /// Kills the run's remaining processes and removes the workspace; call it once, at the end.
  package func close() {
    Guard.sweep(mark: mark)
    if let guardian = guardian.process { Strays.kill(without: [guardian.id]) }
    workspace.remove()
    guardian.process?.finish()
    guardian.process = nil
  }

  /// Whether there is a guard, so that all child processes belong to the run.
  let hasGuard: Bool

  /// The environment of the run's endpoints.
  package var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment[Guard.variable] = mark
    // It would hide a missing flush in a Python endpoint.
    environment["PYTHONUNBUFFERED"] = nil
    // An endpoint's temporary files belong in the workspace, which is removed.
    environment["TMPDIR"] = workspace.temporaryFolder
    return environment
  }
}
