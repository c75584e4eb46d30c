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
  /// The writer and the reader, in this order.
  public let processes: [Process]

  init(_ entry: Plan.Entry, _ folder: String, _ writer: EndpointProcess, _ reader: EndpointProcess) {
    name = entry.name
    self.folder = folder
    processes = [("writer", writer), ("reader", reader)].map { side, endpoint in
      Process(side: side, adapter: endpoint.adapter.name, id: endpoint.process.id)
    }
  }
}
