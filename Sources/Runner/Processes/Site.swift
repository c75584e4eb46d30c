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

  /// Creates the workspace and starts the guard.
  ///
  /// - Parameters:
  ///   - guardProgram: the path of `parley`, which contains the guard; nil for none, if the caller cannot be killed.
  ///   - keepsWorkspace: whether to keep the workspace for inspection.
  /// - Throws: ``HarnessError`` if the workspace cannot be created or the guard cannot start.
  package init(guardProgram: String?, keepsWorkspace: Bool = false) throws(HarnessError) {
    // Writing to an endpoint that has exited must be an error, not a SIGPIPE that ends the run.
    parley_ignore_broken_pipe()
    DescriptorLimit.raise()
    workspace = try Workspace(isKept: keepsWorkspace)
    mark = String(UInt64.random(in: .min ... .max), radix: 36)
    guardian = GuardHolder()
    if let guardProgram {
      guardian.process = try GuardProcess(
        program: guardProgram, mark: mark, workspace: keepsWorkspace ? Guard.noWorkspace : workspace.path)
    }
  }

  /// Kills the run's remaining processes and removes the workspace; call it once, at the end.
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
    // It would hide a missing flush in a Python endpoint.
    environment["PYTHONUNBUFFERED"] = nil
    // An endpoint's temporary files belong in the workspace, which is removed.
    environment["TMPDIR"] = workspace.path
    return environment
  }
}
