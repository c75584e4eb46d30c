package import Cases
package import Journal

/// A case that is about to run: both processes have started and have no channel open.
///
/// This is the moment to attach a debugger.
package struct ReadyCase: Sendable {
  /// One of the two processes.
  package struct Process: Sendable {
    /// `writer` or `reader`.
    package var side: String
    /// The adapter's name.
    package var adapter: String
    /// The process id.
    package var id: Int32
  }

  /// The case.
  package let name: CaseName
  /// The path of the folder with the case's files.
  package let folder: String
  /// The writer and the reader, or an example's program and its peer if that is another process.
  package let processes: [Process]

  package init(_ entry: Plan.Entry, _ folder: String, _ processes: [(Side, EndpointProcess)]) {
    name = entry.name
    self.folder = folder
    self.processes = processes.map { side, endpoint in
      Process(side: side.rawValue, adapter: endpoint.program.name, id: endpoint.process.id)
    }
  }
}
