import AdapterProtocol
import CPlatform
import Cases
import Foundation
import Journal

/// Runs one case: its conversation decides what to do, and this carries out the conversation's requests.
///
/// It owns the links, the prepared addresses and the files, and inspects the processes.
final class CaseExecution {
  private let pairing: Plan.Pairing
  private let settings: RunSettings
  private let site: CaseSite
  private let interrupt: Int32?
  private var scripts: [CaseScript] = []
  private var links: [(any Link)?] = []
  private var link: (any Link)?
  private var ownFiles = Places.ownFiles
  private var places: Places?
  private var chunks = TapChunks()
  private var memoryBefore: [Side: Int] = [:]
  private var endpoints: [Side: EndpointProcess] = [:]
  private var conversation: CaseConversation

  init(_ pairing: Plan.Pairing, settings: RunSettings, site: CaseSite, interrupt: Int32?) {
    self.pairing = pairing
    self.settings = settings
    self.site = site
    self.interrupt = interrupt
    conversation = CaseConversation([], observation: Self.emptyObservation(pairing, settings), seconds: 0)
  }

  private static func emptyObservation(_ pairing: Plan.Pairing, _ settings: RunSettings) -> Observation {
    Observation(
      adapters: [.writer: pairing.writer, .reader: pairing.reader], channel: pairing.channel,
      isTapped: settings.isTapped && pairing.channel.traits.isTappable)
  }

  /// The number of bytes that the case moves.
  var byteCount: Int { scripts.reduce(0) { $0 + $1.byteCount } }

  /// Creates the scripts and links of all phases.
  ///
  /// Endpoints that inherit descriptors for this case alone must be started after this call.
  ///
  /// - Parameter stocks: the endpoints' inherited descriptors.
  /// - Throws: ``HarnessError`` if a vector is missing or a system call fails.
  func prepare(_ stocks: [Side: InheritedStock] = [:]) throws(HarnessError) {
    let channel = pairing.channel
    let payloads = settings.payloads
    let paths = CaseScript.Paths(folder: site.folder) { message throws(HarnessError) in try payloads.path(of: message) }
    var firstDescriptor = 3
    var observation = conversation.observation
    for (serial, phase) in try pairing.scenario.phases(channel, settings.vectors).enumerated() {
      var script = try CaseScript(phase, on: channel, vectors: settings.vectors, paths: paths)
      var link: (any Link)?
      if phase.opensLink {
        let made = try LinkRequest(
          channel: channel, faults: phase.faults, listener: phase.listener, limit: phase.limit,
          goesBack: script.goesBack, options: phase.options, isTapped: observation.isTapped, site: site,
          serial: serial, firstDescriptor: firstDescriptor,
          nameSuffix: phase.nameSuffix, frames: script.frames
        ).make(stocks)
        firstDescriptor += made.inheritance(.writer).count
        script.prepend(made.opening)
        ownFiles.formUnion(made.ownFiles)
        link = made
      }
      // Only a listener creates files that it could leave behind.
      observation.listener = channel.traits.hasListener ? phase.listener : nil
      scripts.append(script)
      links.append(link)
    }
    conversation = CaseConversation(scripts, observation: observation, seconds: settings.deadline)
  }

  /// The descriptors that become 3, 4 and so on in a side's process.
  func inheritance(_ side: Side) -> [Int32] { links.flatMap { $0?.inheritance(side) ?? [] } }

  /// Closes the runner's copies of the inherited descriptors.
  func closeInheritance() {
    for link in links { link?.closeInheritance() }
  }

  /// Runs the phases.
  ///
  /// - Parameter endpoints: the two processes, with no channel open.
  /// - Returns: everything that was observed.
  func run(_ endpoints: [Side: EndpointProcess]) -> Observation {
    self.endpoints = endpoints
    for endpoint in endpoints.values { endpoint.startCase() }
    places = Places(site.address(pairing.channel))
    let loop = ConversationLoop(endpoints, interrupt: interrupt)
    // A copy, because the closures below use this object too.
    var machine = conversation
    loop.run(&machine) { machine in
      chunks.note(link?.relays ?? [], at: machine.transcript.count)
      return link
    } answer: { request, machine in
      answer(request, &machine, loop)
    }
    conversation = machine
    link = nil
    places = nil
    return conversation.observation
  }

  /// The case's transcript, shortened in the middle.
  var transcript: Transcript {
    Transcript(lines: conversation.transcript.kept, chunks: chunks.lines, chunkPlaces: chunks.places)
  }

  // MARK: The conversation's requests

  private func answer(
    _ request: CaseConversation.Request, _ conversation: inout CaseConversation, _ loop: ConversationLoop
  ) {
    switch request {
    case .beginPhase(let number): link = links[number]
    case .open(let side, let name, let expectation):
      guard let link else { return }
      if let number = link.inheritedNumber(side, name) { endpoints[side]?.consume(Int32(number)) }
      conversation.issue(
        link.openCommand(side, name), to: side, expecting: expectation, scripts[conversation.phase].requirement,
        as: name, at: loop.now)
    case .openAt(let side, let role, let place, let expectation, let requirement):
      open(side, role, place, expectation, requirement, &conversation, loop)
    case .opened(let side, let name, let reply):
      do {
        try link?.opened(side, name, reply)
      } catch {
        conversation.fail(.untrue(error.side, error.message))
      }
    case .checkVisitor: if link?.isPassedOver ?? false { lookForStrangers(&conversation) }
    case .content(let exchange, let path):
      let content = WholeFile.read(path) ?? []
      unlink(path)
      conversation.received(content, in: exchange)
    case .makeSlot(let content): write(content, to: SlotLink.path(in: site.folder), &conversation)
    case .fillFile(let path): write(Array(repeating: UInt8(ascii: "#"), count: 4096), to: path, &conversation)
    case .makeFifo(let path):
      ownFiles.insert(URL(fileURLWithPath: path).lastPathComponent)
      if mkfifo(path, 0o600) != 0 { conversation.fail(.harness("Cannot create the FIFO \(path).")) }
    case .checkSlot(let expected):
      conversation.slot(WholeFile.read(SlotLink.path(in: site.folder)) ?? [], expected: expected)
    case .checkPlace(let side, let place): check(side, place, &conversation)
    case .noteMemory(let side, let kind): memoryBefore[side] = memory(kind, of: side)
    case .checkMemory(let side, let kind, let limit):
      guard let before = memoryBefore[side], let now = memory(kind, of: side), now - before > limit else { return }
      let rule = scripts[conversation.phase].requirement
      conversation.fail(.surroundings(side, .tookMemory(now - before, against: rule)))
    case .examine:
      for (side, endpoint) in endpoints {
        conversation.observation.states[side] = ProcessInspection.state(
          of: endpoint.process.id, fifoFolder: pairing.channel.traits.address == .fifoPath ? site.folder : nil)
      }
    case .endPhase: endPhase(&conversation)
    case .remains: lookAtRemains(&conversation)
    }
  }

  private func open(
    _ side: Side, _ role: String, _ place: Place, _ expectation: Expectation, _ requirement: Requirement?,
    _ conversation: inout CaseConversation, _ loop: ConversationLoop
  ) {
    do {
      guard let address = try places?.address(of: place) else { return }
      let command = LinkRequest.openCommand(.forward, on: pairing.channel, role: role, address: address)
      conversation.issue(command, to: side, expecting: expectation, requirement, at: loop.now)
    } catch {
      conversation.fail(.harness(error.description))
    }
  }

  private func check(_ side: Side, _ place: Place, _ conversation: inout CaseConversation) {
    if place == .link {
      guard let process = endpoints[side]?.process.id,
        ProcessInspection.holdsFifoBothWays(process, in: site.folder)
      else { return }
      conversation.fail(.surroundings(side, .bothDirections))
    } else if let fault = places?.fault(at: place) {
      conversation.fail(.surroundings(side, fault))
    }
  }

  private func write(_ content: [UInt8], to path: String, _ conversation: inout CaseConversation) {
    if !WholeFile.write(content, to: path) {
      conversation.fail(.harness("Cannot write into \(site.folder); is the disk full?"))
    }
  }

  private func memory(_ kind: Memory, of side: Side) -> Int? {
    endpoints[side].flatMap { Ledger.peak(kind, of: "\($0.process.id)") }
  }

  // MARK: The end of a phase and of the case

  private func endPhase(_ conversation: inout CaseConversation) {
    if !conversation.isGood { lookForStrangers(&conversation) }
    let relays = link?.relays ?? []
    chunks.note(relays, at: conversation.transcript.count)
    chunks.endPhase(relays, at: conversation.transcript.count)
    conversation.observation.wires += relays.map { relay in
      Observation.Wire(
        sender: relay.sender, comparison: relay.comparison, deliveredCount: relay.deliveredCount,
        hasEnded: relay.senderHasEnded, sinkIsGone: relay.sinkIsGone)
    }
    link = nil
  }

  private func lookForStrangers(_ conversation: inout CaseConversation) {
    guard pairing.channel.traits.isOpenToOthers,
      let address = Strangers.address(in: conversation.observation.exchanges, tapped: link?.tappedAddress)
    else { return }
    conversation.disturb(at: address)
  }

  private func lookAtRemains(_ conversation: inout CaseConversation) {
    for side in Side.allCases {
      guard let endpoint = endpoints[side] else { continue }
      endpoint.exchange { conversation.take($0, from: side) }
      conversation.observation.leaks[side] = endpoint.leaks(
        folder: site.folder, mapsAreChecked: pairing.channel.traits.isMapped)
    }
    places = nil
    for index in links.indices { links[index] = nil }
    conversation.observation.leftovers = (Ledger.entries(site.folder) ?? []).filter { name in
      !ownFiles.contains(name) && !ProcessInspection.isFifo("\(site.folder)/\(name)")
    }
    guard pairing.channel.traits.address == .pipeName else { return }
    conversation.observation.leftovers += (Ledger.entries(settings.temporaryFolder) ?? []).filter {
      let prefix = "\(LinkAddress.dotnetPipePrefix)\(site.tag)-"
      return $0.hasPrefix(prefix) && !Places.ownFiles.contains(String($0.dropFirst(prefix.count)))
    }
  }
}
