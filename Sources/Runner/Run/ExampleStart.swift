import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// The two processes of a conversation, and the descriptors that they are given.
struct ExampleStart {
  let program: EndpointProcess
  /// The same as the program where the program starts the peer; nil for a conversation without a peer.
  let peer: EndpointProcess?
  let placeholders: [String: String]
  /// How the program was started.
  var command: [String] { program.adapter.command }

  /// The processes with their sides.
  func processes(_ side: Side) -> [(Side, EndpointProcess)] {
    [(side, program)] + (peer.map { $0 === program ? [] : [(side.other, $0)] } ?? [])
  }

  /// Starts the program, and the peer where nobody has one.
  ///
  /// - Parameters:
  ///   - example: the conversation.
  ///   - adapter: the peer's adapter.
  ///   - pool: gives the peer, unless it must inherit something.
  ///   - settings: the run's.
  ///   - folder: the case's own folder.
  ///   - tag: a text that no other case uses.
  /// - Throws: ``HarnessError`` if something cannot be made or started.
  init(
    _ example: ExampleCase, adapter: Adapter?, pool: EndpointPool, settings: RunSettings, folder: String, tag: String
  ) throws(HarnessError) {
    let conversation = example.conversation
    var placeholders = ["folder": folder, "tag": tag]
    for fifo in conversation.fifos ?? [] {
      guard mkfifo("\(folder)/\(fifo)", 0o600) == 0 else {
        throw HarnessError("Cannot make the FIFO \(folder)/\(fifo): \(String(cString: strerror(errno))).")
      }
    }
    let ends = try conversation.inherit.map { kind throws(HarnessError) in try InheritedEnds(kind, conversation.example)
    }
    if ends != nil { placeholders["inherited"] = "3" }
    program = try EndpointProcess(
      Adapter(
        name: example.program, title: example.program, folder: example.folder, state: .broken("an example"),
        command: Self.command(example, adapter, placeholders)),
      inheriting: ends.map { [$0.program] } ?? [], environment: settings.environment)
    if conversation.isStartingPeer {
      program.keepErrorLines()
      peer = program
    } else if let adapter, let ends {
      let endpoint = try pool.fresh(adapter, inheriting: [ends.peer])
      _ = try endpoint.hello(deadline: settings.deadline)
      endpoint.takeBaseline()
      // What it inherited it is about to open as a channel, and to close.
      endpoint.consume(3)
      peer = endpoint
    } else if let adapter {
      peer = try pool.endpoint(adapter, conversation.example.other, .unix).0
      peer?.startCase()
    } else {
      peer = nil
    }
    self.placeholders = placeholders
  }

  private static func command(_ example: ExampleCase, _ adapter: Adapter?, _ placeholders: [String: String]) -> [String]
  {
    let arguments = (example.conversation.arguments ?? []).flatMap { argument in
      // The words of an adapter's command may be paths in its folder.
      argument == "{peer}"
        ? adapter.map { ["env", "-C", $0.folder] + $0.command } ?? []
        : [ExampleExecution.filled(argument, placeholders)]
    }
    return example.command + arguments
  }
}

/// The two ends of a pipe or socketpair, until both processes have theirs.
private final class InheritedEnds {
  let program: Int32
  let peer: Int32

  init(_ kind: ExampleDeclaration.Inheritance, _ side: Side) throws(HarnessError) {
    var ends: [Int32] = [-1, -1]
    guard (kind == .pipe ? parley_pipe(&ends) : parley_socketpair(&ends)) == 0 else {
      throw HarnessError("Cannot make a \(kind.rawValue): \(String(cString: strerror(errno))).")
    }
    // The first end of a pipe is the one to read from.
    (program, peer) = side == .writer ? (ends[1], ends[0]) : (ends[0], ends[1])
  }

  deinit {
    close(program)
    close(peer)
  }
}
