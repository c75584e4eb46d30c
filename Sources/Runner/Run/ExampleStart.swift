import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// The two processes of an example's conversation.
struct ExampleStart {
  let program: EndpointProcess
  /// The peer: ``program`` itself if the program starts its peer, nil if the conversation has none.
  let peer: EndpointProcess?
  let placeholders: [String: String]
  /// The command that started the program.
  var command: [String] { program.program.command }

  /// The processes with their sides.
  func processes(_ side: Side) -> [(Side, EndpointProcess)] {
    [(side, program)] + (peer.map { $0 === program ? [] : [(side.other, $0)] } ?? [])
  }

  /// Starts the program, and the peer unless the program starts it.
  ///
  /// - Parameters:
  ///   - example: the conversation.
  ///   - adapter: the peer's adapter; nil without a peer.
  ///   - pool: provides the peer, unless the peer must inherit a descriptor.
  ///   - isPeerFresh: whether the peer is started for this conversation.
  ///   - settings: the run's settings.
  ///   - site: the case's site.
  /// - Throws: ``HarnessError`` if a file or process cannot be created.
  init(
    _ example: ExampleCase, adapter: Adapter?, pool: EndpointPool, isPeerFresh: Bool, settings: RunSettings,
    site: CaseSite
  ) throws {
    let conversation = example.conversation
    let folder = site.folder
    var placeholders = ["folder": folder, "tag": site.tag]
    for fifo in conversation.fifos ?? [] {
      guard mkfifo("\(folder)/\(fifo)", 0o600) == 0 else {
        throw HarnessError("Cannot create the FIFO \(folder)/\(fifo): \(String(cString: strerror(errno))).")
      }
    }
    let ends = try conversation.inherit.map { kind throws(HarnessError) in try InheritedEnds(kind, conversation.example)
    }
    if ends != nil { placeholders["inherited"] = "3" }
    program = try EndpointProcess(
      Program(
        name: example.program, command: Self.command(example, adapter, placeholders), folder: example.folder),
      inheriting: ends.map { [$0.program] } ?? [], environment: settings.environment)
    if conversation.isStartingPeer {
      peer = program
    } else if let adapter, let ends {
      let endpoint = try pool.fresh(adapter, inheriting: [ends.peer])
      try pool.greet(endpoint)
      // It opens the inherited descriptor as a channel, and must close it.
      endpoint.consume(3)
      peer = endpoint
    } else if let adapter, isPeerFresh {
      let endpoint = try pool.fresh(adapter, inheriting: [])
      try pool.greet(endpoint)
      peer = endpoint
    } else if let adapter {
      peer = try pool.endpoint(adapter, conversation.example.other, .reference).0
      peer?.startCase()
    } else {
      peer = nil
    }
    self.placeholders = placeholders
  }

  /// Runs the conversation until it is over.
  func hold(_ example: ExampleCase, settings: RunSettings, site: CaseSite, interrupt: Int32?) -> ExampleConversation {
    var conversation = ExampleConversation(example, placeholders: placeholders, seconds: settings.deadline)
    let (programSide, peerSide) = (conversation.programSide, conversation.peerSide)
    // A program that starts its peer has the peer's standard streams.
    var processes = [peer === program ? peerSide : programSide: program]
    if let peer, peer !== program { processes[peerSide] = peer }
    ConversationLoop(processes, interrupt: interrupt).run(&conversation) { request, machine in
      switch request {
      case .examine:
        machine.states = processes.compactMapValues { ProcessInspection.state(of: $0.process.id) }
      case .remains:
        machine.left(peer?.leaks(folder: site.folder, mapsAreChecked: false) ?? [])
      }
    }
    return conversation
  }

  /// The traces of both processes, for a failure.
  func traces(_ example: ExampleCase, _ held: ExampleConversation) -> [EndpointTrace] {
    let ofProgram = EndpointTrace(
      name: "\(example.program), the program", commands: [command.joined(separator: " ")],
      standardError: program.standardError.lines(first: 4, last: 8))
    guard let peer else { return [ofProgram] }
    let ofPeer = EndpointTrace(
      name: example.peer ?? "", commands: LastCommands.lines(held.exchanges),
      standardError: peer === program ? "" : peer.standardError.lines(first: 4, last: 8))
    return [ofProgram, ofPeer]
  }

  private static func command(_ example: ExampleCase, _ adapter: Adapter?, _ placeholders: [String: String]) -> [String]
  {
    let arguments = (example.conversation.arguments ?? []).flatMap { argument in
      // An adapter's command may contain paths relative to its folder.
      argument == "{peer}"
        ? adapter.map { ["env", "-C", $0.folder] + $0.command } ?? []
        : [ExampleConversation.filled(argument, placeholders)]
    }
    return example.command + arguments
  }
}

/// The two ends of a pipe or socketpair, until both processes have inherited theirs.
private final class InheritedEnds {
  let program: Int32
  let peer: Int32

  init(_ kind: ExampleDeclaration.Inheritance, _ side: Side) throws(HarnessError) {
    var ends: [Int32] = [-1, -1]
    guard (kind == .pipe ? parley_pipe(&ends) : parley_socketpair(&ends)) == 0 else {
      throw HarnessError("Cannot create a \(kind.rawValue): \(String(cString: strerror(errno))).")
    }
    // The first end of a pipe is the reading end.
    (program, peer) = side == .writer ? (ends[1], ends[0]) : (ends[0], ends[1])
  }

  deinit {
    close(program)
    close(peer)
  }
}
