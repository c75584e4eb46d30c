import Foundation
import Journal
import Places
import Synchronization

@testable import Baselines
@testable import Cases
@testable import Runner

/// A run of conversations with a small Python program of the test's own.
struct ExampleTrial {
  let records: [CaseRecord]

  /// A program that listens on a Unix socket, says so, greets its peer, and ends with the status that it is given.
  static let program = """
    import socket, sys
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(1)
    print("starting", flush=True)
    print("listening on " + sys.argv[1], flush=True)
    peer, _ = listener.accept()
    peer.sendall(b"hello\\n")
    print("told " + peer.recv(100).decode().strip(), flush=True)
    peer.close()
    sys.exit(int(sys.argv[2]))
    """

  /// Runs the conversations of a declaration.
  ///
  /// - Parameters:
  ///   - conversations: the YAML behind `conversations:`.
  ///   - program: the program's text.
  ///   - peers: the adapters to try.
  ///   - command: the program and its first arguments.
  ///   - deadline: how long each step may take, in seconds.
  /// - Throws: what the harness throws.
  init(
    _ conversations: String, program: String = Self.program, peers: [String] = ["swift"],
    command: [String] = ["python3", "program.py"], deadline: Double = 10
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write("program.py", program)
    let path = try folder.write(
      "program.yml",
      "title: A test\nrun: [\(command.joined(separator: ", "))]\nlanguage: program\nconversations:\n" + conversations)
    let site = try Site(guardProgram: nil)
    defer { site.close() }
    let adapters = try AdapterCatalog(site: site, deadline: 20).adapters(in: peers.map(Here.adapter))
    let examples = try ExampleCatalog(adapters: [], runtimes: RuntimeChoice()).examples([path], suite: "examples")
    let plan = Plan(entries: Planner(adapters).entries(examples, breadth: .usual))
    var options = MatrixRun.Options()
    options.deadline = deadline
    let events = Mutex<[Event]>([])
    try MatrixRun(plan, adapters: adapters, vectors: Here.vectors, site: site, options: options).execute { event in
      events.withLock { $0.append(event) }
    }
    records = events.withLock { events in
      events.compactMap { if case .caseEnded(let record) = $0 { record } else { nil } }
    }
  }
}
