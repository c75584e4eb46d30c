import CPlatform
package import Cases
import Foundation

/// Where a run takes place: its workspace, the mark that its processes carry, and the guard that clears up after it.
package final class Site: Sendable {
  /// The run's own folder.
  package let workspace: Workspace
  /// What the run's processes carry in their environment.
  package let mark: String
  private let guardian: GuardHolder

  /// A box that only ``close()`` opens, after everybody else is done.
  private final class GuardHolder: @unchecked Sendable {
    var process: GuardProcess?
  }

  /// Makes the workspace and starts the guard.
  ///
  /// - Parameters:
  ///   - guardProgram: the path of `parley`, which has the guard in it; nil goes without a guard, for a caller that cannot be killed.
  ///   - keepsWorkspace: whether the workspace stays, for somebody who wants to look into it.
  /// - Throws: ``HarnessError`` if there is no room, or the guard cannot start.
  package init(guardProgram: String?, keepsWorkspace: Bool = false) throws(HarnessError) {
    // An endpoint that goes away is an error to be told of, not the end of the run.
    parley_ignore_broken_pipe()
    workspace = try Workspace(isKept: keepsWorkspace)
    mark = String(UInt64.random(in: .min ... .max), radix: 36)
    guardian = GuardHolder()
    if let guardProgram {
      guardian.process = try GuardProcess(
        program: guardProgram, mark: mark, workspace: keepsWorkspace ? Guard.noWorkspace : workspace.path)
    }
  }

  /// Removes the workspace and ends every process of the run that is left.
  ///
  /// To be called once, in the end.
  package func close() {
    Guard.sweep(mark: mark)
    workspace.remove()
    guardian.process?.finish()
    guardian.process = nil
  }

  /// The environment of the run's endpoints.
  package var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment[Guard.variable] = mark
    // It would hide that a Python endpoint forgets to flush.
    environment["PYTHONUNBUFFERED"] = nil
    // What an endpoint makes for itself belongs in the workspace, so that it goes with it.
    environment["TMPDIR"] = workspace.path
    return environment
  }
}
