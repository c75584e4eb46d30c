import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// The two processes of an example's conversation.
final class ExampleStart {
  /// The program; nil until a step starts it.
  private(set) var program: EndpointProcess?
  /// The peer: ``program`` itself if the program starts its peer, nil if the conversation has none.
  private(set) var peer: EndpointProcess?
  /// The command that starts the program, with the placeholders that were known.
  private(set) var command: [String] = []
  private let example: ExampleCase
  private let adapter: Adapter?
  private let settings: RunSettings
  private let site: CaseSite
  private var placeholders: [String: String]
  /// What the program gets, until it has been started.
  private var ends: ExampleEnds?
  /// Whether the peer has inherited what only this conversation has.
  private(set) var isPeerSpent = false
  private let participants = ConversationLoop.Participants()

  /// The processes with their sides.
  var processes: [(Side, EndpointProcess)] {
    Side.allCases.compactMap { side in participants.processes[.side(side)].map { (side, $0) } }
  }

  /// The programs besides the main one, by name.
  private var others: [(name: String, process: EndpointProcess)] {
    (example.conversation.programs ?? [:]).keys.sorted().compactMap { name in
      participants.processes[.other(name)].map { (name, $0) }
    }
  }

  /// Starts the peer unless the program starts it, and the program unless a step starts it.
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
    (self.example, self.adapter, self.settings, self.site) = (example, adapter, settings, site)
    let conversation = example.conversation
    placeholders = ["folder": site.folder, "tag": site.tag, "declaration": example.folder]
    for fifo in conversation.fifos ?? [] {
      guard mkfifo("\(site.folder)/\(fifo)", 0o600) == 0 else {
        throw HarnessError("Cannot create the FIFO \(site.folder)/\(fifo): \(String(cString: strerror(errno))).")
      }
    }
    let ends = try ExampleEnds(conversation)
    self.ends = ends
    placeholders.merge(ends.placeholders) { _, new in new }
    for name in (conversation.programs ?? [:]).keys.sorted() where !conversation.startsLate(name) {
      try startOther(name, placeholders)
    }
    if !conversation.startsLate() { try startProgram(placeholders) }
    if conversation.isStartingPeer {
      peer = program
    } else if let adapter, isPeerFresh || !ends.ofPeer.isEmpty {
      let endpoint = try pool.fresh(adapter, inheriting: ends.ofPeer)
      try pool.greet(endpoint)
      // It opens the inherited descriptors as channels, and must close them.
      for index in ends.ofPeer.indices { endpoint.consume(3 + Int32(index)) }
      (peer, isPeerSpent) = (endpoint, true)
    } else if let adapter {
      peer = try pool.endpoint(adapter, conversation.example.other, .reference).0
      peer?.startCase()
    }
    if let peer { participants.processes[.side(conversation.example.other)] = peer }
    ends.closePeers()
  }

  /// Starts a program that is on neither side.
  private func startOther(_ name: String, _ placeholders: [String: String]) throws(HarnessError) {
    guard let declared = example.conversation.programs?[name] else { return }
    func filled(_ text: String) -> String { ExampleConversation.filled(text, placeholders) }
    guard let path = ProgramPath.resolve(declared.run[0], in: example.folder) else {
      throw HarnessError("The program \(declared.run[0]) of \(example.conversation.name) is not installed.")
    }
    participants.processes[.other(name)] = try EndpointProcess(
      Program(name: name, command: [path] + declared.run.dropFirst().map(filled), folder: example.folder),
      environment: settings.environment.merging((declared.environment ?? [:]).mapValues(filled)) { _, new in new })
  }

  /// Ends the programs; they may be daemons, which nothing asked to end.
  func end() {
    program?.process.kill()
    for other in others { other.process.process.kill() }
  }

  /// Starts the program.
  ///
  /// - Parameter placeholders: the names in braces that its arguments can use.
  /// - Throws: ``HarnessError`` if it cannot be started.
  private func startProgram(_ placeholders: [String: String]) throws(HarnessError) {
    let conversation = example.conversation
    func filled(_ text: String) -> String { ExampleConversation.filled(text, placeholders) }
    var folder = example.folder
    if let directory = conversation.workingDirectory.map(filled) {
      folder = directory.hasPrefix("/") ? directory : "\(example.folder)/\(directory)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
        throw HarnessError("The working directory \(folder) of \(conversation.name) is no folder; make it first.")
      }
    }
    command = example.command + arguments(placeholders)
    let started = try EndpointProcess(
      Program(name: example.program, command: command, folder: folder), inheriting: ends?.ofProgram ?? [],
      standardStreams: ends?.standardStreams,
      environment: settings.environment.merging((conversation.environment ?? [:]).mapValues(filled)) { _, new in new })
    ends?.closePrograms()
    program = started
    // A program that starts its peer has the peer's standard streams.
    if !conversation.isStartingPeer { participants.processes[.side(conversation.example)] = started }
  }

  /// Runs the conversation until it is over.
  ///
  /// - Throws: ``HarnessError`` if a file that a step names cannot be read.
  func hold(interrupt: Int32?) throws(HarnessError) -> ExampleConversation {
    var conversation = ExampleConversation(
      example, placeholders: placeholders, files: try files(), seconds: settings.deadline)
    ConversationLoop(participants, interrupt: interrupt).run(&conversation) { request, machine in
      switch request {
      case .examine:
        for (side, process) in processes { machine.states[side] = ProcessInspection.state(of: process.process.id) }
      case .remains: machine.left(peer?.leaks(folder: site.folder, mapsAreChecked: false) ?? [])
      case .start(let name, let placeholders):
        do throws(HarnessError) {
          if let name { try startOther(name, placeholders) } else { try startProgram(placeholders) }
        } catch {
          machine.fail("\(error)")
        }
      case .look(let place): if Presence.exists(place) { machine.found(place) }
      case .write(let content, let path):
        if !WholeFile.write(content, to: path) { machine.fail("Cannot write \(path); is the disk full?") }
      case .read(let path):
        if let content = WholeFile.read(path) {
          machine.read(content)
        } else {
          machine.fail("Cannot read \(path), which the peer wrote.")
        }
      }
    }
    return conversation
  }

  /// The contents of the files that steps name.
  private func files() throws(HarnessError) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in example.conversation.fileNames where files[name] == nil {
      guard let content = WholeFile.read(example.path(of: name)) else {
        throw HarnessError("Cannot read the file \(example.path(of: name)) of \(example.conversation.name).")
      }
      files[name] = content
    }
    return files
  }

  /// The traces of both processes, for a failure.
  func traces(_ held: ExampleConversation) -> [EndpointTrace] {
    let ofProgram = EndpointTrace(
      name: "\(example.program), the program", commands: [command.joined(separator: " ")],
      standardError: program?.standardError.lines(first: 4, last: 8) ?? "")
    let ofOthers = others.map { name, process in
      EndpointTrace(
        name: "\(name), a program", commands: [process.program.command.joined(separator: " ")],
        standardError: process.standardError.lines(first: 4, last: 8))
    }
    guard let peer else { return [ofProgram] + ofOthers }
    let ofPeer = EndpointTrace(
      name: example.peer ?? "", commands: LastCommands.lines(held.exchanges),
      standardError: peer === program ? "" : peer.standardError.lines(first: 4, last: 8))
    return [ofProgram, ofPeer] + ofOthers
  }

  private func arguments(_ placeholders: [String: String]) -> [String] {
    (example.conversation.arguments ?? []).flatMap { argument in
      // An adapter's command may contain paths relative to its folder.
      argument == "{peer}"
        ? adapter.map { ["env", "-C", $0.folder] + $0.command } ?? []
        : [ExampleConversation.filled(argument, placeholders)]
    }
  }
}
