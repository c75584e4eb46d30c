public import Journal

/// A case that is about to be tried: both processes are up and have nothing open yet.
///
/// The moment at which a debugger can be attached.
public struct ReadyCase: Sendable {
  /// One of the two processes.
  public struct Process: Sendable {
    /// `writer` or `reader`.
    public var side: String
    /// The adapter's name.
    public var adapter: String
    /// The process id.
    public var id: Int32
  }

  /// The case.
  public let name: CaseName
  /// The folder with the files of the case.
  public let folder: String
  /// The writer and the reader, or an example's program and its peer where that is another process.
  public let processes: [Process]

  init(_ entry: Plan.Entry, _ folder: String, _ processes: [(Side, EndpointProcess)]) {
    name = entry.name
    self.folder = folder
    self.processes = processes.map { side, endpoint in
      Process(side: side.rawValue, adapter: endpoint.adapter.name, id: endpoint.process.id)
    }
  }
}
