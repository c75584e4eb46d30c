import AdapterProtocol
import Cases
import Endpoints
import Foundation
import Journal
import WireFormats

/// Carries one case out: tells both endpoints what to do, works the tap, and writes down what is observed.
///
/// One thread, one loop around `poll`. Commands are written as early as the order allows, many in one write, because the
/// number of round trips is what a case costs.
final class CaseExecution {
  private let pairing: Plan.Pairing
  private let settings: RunSettings
  private let folder: String
  private let tag: String
  private let interrupt: Int32?
  private var endpoints: [Side: EndpointProcess] = [:]
  private var observation: Observation
  private var lines: [String] = []
  private var lineCount = 0
  private var phases: [Prepared] = []
  private var link: (any Link)?
  /// How many bytes the case moves.
  private(set) var byteCount = 0
  private var places: Places?
  private var chunks: [String] = []
  private var chunkPlaces: [Int] = []
  /// For each direction of the link, how many lines had been said before each of its chunks.
  private var relayPlaces: [[Int]] = []

  // The state of the phase under way.
  private var items: [CaseScript.Item] = []
  private var position = 0
  private var pending: [Side: [Int]] = [.writer: [], .reader: []]
  private var receipts: [Int: String] = [:]
  private var openings: [Int: (Side, ChannelName)] = [:]
  private var headSince: [Side: ContinuousClock.Instant] = [:]
  private var spins = 0
  /// The text that the slot must hold.
  private var lastText: Message?
  private var hasMismatch = false

  private static let keptLines = 60

  init(_ pairing: Plan.Pairing, settings: RunSettings, folder: String, tag: String, interrupt: Int32?) {
    self.pairing = pairing
    self.settings = settings
    self.folder = folder
    self.tag = tag
    self.interrupt = interrupt
    let isTapped = settings.isTapped && pairing.channel.traits.isTappable
    observation = Observation(adapters: [.writer: pairing.writer, .reader: pairing.reader], isTapped: isTapped)
    observation.isSlot = pairing.channel.transport == .fileSlot
  }

  /// A phase that is ready to be carried out.
  private struct Prepared {
    var script: CaseScript
    var link: (any Link)?
  }

  /// Makes the links of all phases.
  ///
  /// - Parameter stocks: what the endpoints have inherited. Where they inherit for this case alone, this comes before they
  ///   are started.
  /// - Throws: ``HarnessError`` if a vector is missing or the system refuses.
  func prepare(_ stocks: [Side: InheritedStock] = [:]) throws(HarnessError) {
    var firstDescriptor = 3
    for (serial, phase) in try pairing.scenario.phases(pairing.channel, settings.vectors).enumerated() {
      var script = try CaseScript(
        phase, on: pairing.channel, vectors: settings.vectors, folder: folder, payloads: settings.payloads)
      var link: (any Link)?
      if phase.opensLink {
        let made = try LinkRequest(
          channel: pairing.channel, delivery: phase.delivery, listener: phase.listener, limit: phase.limit,
          goesBack: script.goesBack, options: phase.options, isTapped: observation.isTapped, folder: folder,
          temporaryFolder: settings.temporaryFolder, serial: serial, tag: tag,
          firstDescriptor: firstDescriptor, frames: script.frames
        ).make(stocks)
        firstDescriptor += made.inheritance(.writer).count
        script.prepend(made.opening)
        link = made
      }
      byteCount += script.byteCount
      // Only a listener makes files that can be left behind.
      observation.listener = pairing.channel.traits.isConnected ? phase.listener : nil
      phases.append(Prepared(script: script, link: link))
    }
  }

  /// The descriptors that a side's process is to inherit, as its 3, 4 and so on.
  func inheritance(_ side: Side) -> [Int32] { phases.flatMap { $0.link?.inheritance(side) ?? [] } }

  /// Closes the runner's copies of what the processes have inherited.
  func closeInheritance() {
    for phase in phases { phase.link?.closeInheritance() }
  }

  /// Carries the phases out.
  ///
  /// - Parameters:
  ///   - writer: an endpoint that has nothing open.
  ///   - reader: likewise, another process.
  /// - Returns: everything that was observed.
  func run(writer: EndpointProcess, reader: EndpointProcess) -> Observation {
    endpoints = [.writer: writer, .reader: reader]
    for endpoint in endpoints.values { endpoint.startCase() }
    places = Places(pairing.channel, folder: folder, temporaryFolder: settings.temporaryFolder, tag: tag)
    while !phases.isEmpty, isGood {
      carryOut(phases.removeFirst())
      noteWires()
      link = nil
    }
    phases = []
    if isGood { checkRemains() }
    return observation
  }

  /// The transcript of the case, shortened in the middle.
  var transcript: Transcript {
    var all = lines
    if lineCount > lines.count { all.insert("… \(lineCount - lines.count) lines left out …", at: Self.keptLines) }
    return Transcript(lines: all, chunks: chunks, chunkPlaces: chunkPlaces)
  }

  /// The last commands of a side and their replies.
  func lastCommands(_ side: Side, count: Int) -> [String] {
    observation.exchanges.filter { $0.side == side }.suffix(count).map { exchange in
      let reply = exchange.reply.map { Expectation.shortened($0.plainText, to: 100) } ?? "(no reply)"
      return "\(Expectation.shortened(exchange.command, to: 120)) → \(reply)"
    }
  }

  /// Whether everything so far is as it must be.
  private var isGood: Bool {
    observation.incident == nil && observation.slotDifference == nil && !hasMismatch
  }

  // MARK: A phase

  private func carryOut(_ phase: Prepared) {
    items = phase.script.items
    link = phase.link
    position = 0
    while issue() {
      for endpoint in endpoints.values { endpoint.flush() }
      waitForSomething()
      for side in Side.allCases { endpoints[side]?.exchange() }
      for side in Side.allCases { takeReplies(side) }
      // After the replies: one may have let the tap connect, and what it holds can go on at once.
      link?.pump()
      noteChunkPlaces()
      checkDeadline()
      if !isGood {
        noteDeaths()
        checkSlotOfLastText()
        return
      }
    }
  }

  /// Issues every command whose time has come; returns whether something is still to be waited for.
  private func issue() -> Bool {
    while position < items.count {
      switch items[position] {
      case .open(let side, let name, let expectation):
        guard let link else { break }
        if let number = link.inheritedNumber(side, name) { endpoints[side]?.consume(Int32(number)) }
        issue(side, link.openCommand(side, name), expectation)
        openings[observation.exchanges.count - 1] = (side, name)
      case .openAt(let side, let role, let place, let expectation):
        openAt(side, role, place, expectation)
      case .command(let side, let command, let expectation, let file, let message):
        issue(side, command, expectation)
        if pairing.channel.transport == .fileSlot, expectation == .ok, let message { lastText = message }
        if let file { receipts[observation.exchanges.count - 1] = file }
      case .barrier:
        if isSomethingPending { return true }
      case .makeSlot(let content):
        makeSlot(content)
      case .checkSlot(let content):
        if isSomethingPending { return true }
        checkSlot(content)
      }
      position += 1
      if !isGood { return false }
    }
    return isSomethingPending
  }

  /// How long a command may take, in seconds: a long message gets a second more for each MiB.
  private var deadline: Double { settings.deadline + Double(byteCount >> 20) }

  private var isSomethingPending: Bool { pending.values.contains { !$0.isEmpty } }

  private func issue(_ side: Side, _ command: Command, _ expectation: Expectation) {
    let text = Expectation.shortened(command.line)
    observation.exchanges.append(
      Observation.Exchange(side: side, command: text, expectation: expectation))
    if pending[side]?.isEmpty ?? true { headSince[side] = .now }
    pending[side]?.append(observation.exchanges.count - 1)
    note("\(side.rawValue) < \(text)")
    endpoints[side]?.enqueue(command)
  }

  private func openAt(_ side: Side, _ role: String, _ place: Place, _ expectation: Expectation) {
    do {
      guard let address = try places?.address(of: place) else { return }
      issue(
        side,
        LinkRequest.openCommand(.forward, on: pairing.channel, role: role, address: address), expectation)
    } catch {
      observation.incident = .harness(error.description)
    }
  }

  private func waitForSomething() {
    var entries: [pollfd] = []
    for endpoint in endpoints.values { endpoint.appendInterests(to: &entries) }
    link?.appendInterests(to: &entries)
    if let interrupt { entries.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&entries, nfds_t(entries.count), timeout)
    if let last = entries.last, last.fd == interrupt, last.revents != 0 { observation.incident = .interrupted }
  }

  /// Until the first deadline, in milliseconds; short while the tap waits for a peer to read, which nothing signals.
  private var timeout: Int32 {
    if link?.relays.contains(where: \.needsPolling) ?? false {
      spins += 1
      return spins % 64 == 0 ? 1 : 0
    }
    let heads = Side.allCases.filter { !(pending[$0]?.isEmpty ?? true) }.compactMap { headSince[$0] }
    guard let first = heads.min() else { return 0 }
    let rest = (first + .seconds(deadline) - .now) / .milliseconds(1)
    return Int32(max(0, min(rest.rounded(.up), 1e9)))
  }

  private func checkDeadline() {
    for side in Side.allCases where !(pending[side]?.isEmpty ?? true) {
      if let since = headSince[side], ContinuousClock.now - since > .seconds(deadline) {
        observation.incident = observation.incident ?? .deadline(seconds: deadline)
      }
    }
  }

  // MARK: Replies

  private func takeReplies(_ side: Side) {
    guard let endpoint = endpoints[side], isGood else { return }
    while let line = endpoint.nextLine() {
      take(line, side)
      if !isGood { return }
    }
    if endpoint.partialLine.count > Command.longestLine {
      notProtocol(side, "a reply of more than \(Command.longestLine) bytes", endpoint.partialLine.prefix(80))
    } else if endpoint.hasClosedOutput || endpoint.process.wait(seconds: 0) != nil {
      // What it wrote before its end is in the pipe still.
      endpoint.exchange()
      while isGood, let line = endpoint.nextLine() { take(line, side) }
      guard isGood else { return }
      let ended =
        endpoint.process.wait(seconds: 1).map(\.description) ?? "closed its standard output but goes on running"
      if endpoint.partialLine.isEmpty {
        observation.incident = .ended(side, ended)
      } else {
        notProtocol(side, "a last line without a line feed, then it \(ended)", endpoint.partialLine)
      }
    }
  }

  private func take(_ line: ArraySlice<UInt8>, _ side: Side) {
    note("\(side.rawValue) > \(Expectation.shortened(String(decoding: line.prefix(400), as: UTF8.self)))")
    guard let index = pending[side]?.first else {
      notProtocol(side, "a line that answers no command", line)
      return
    }
    do {
      let reply = try Reply(parsing: line)
      pending[side]?.removeFirst()
      headSince[side] = .now
      settle(index, reply)
    } catch {
      notProtocol(side, "a line that is no reply, since \(error.message)", line)
    }
  }

  private func settle(_ index: Int, _ reply: Reply) {
    let exchange = observation.exchanges[index]
    observation.exchanges[index].reply = reply
    var content: [UInt8]?
    if let path = receipts[index], case .ok = reply, reply.text("end") == nil {
      content = WholeFile.read(path) ?? []
      unlink(path)
    }
    let mismatch = exchange.expectation.mismatch(
      reply, fileContent: content, subject: observation.name(exchange.side))
    observation.exchanges[index].mismatch = mismatch
    // Whether two layouts agree against the vector takes both replies to say.
    if case .fields = exchange.expectation { return }
    hasMismatch = hasMismatch || mismatch != nil
    if let (side, name) = openings[index], case .ok = reply {
      do {
        try link?.opened(side, name, reply)
      } catch {
        observation.incident = .untrue(error.side, error.message)
      }
    }
  }

  private func notProtocol(_ side: Side, _ reason: String, _ line: ArraySlice<UInt8>) {
    observation.incident = .notProtocol(
      side, reason: reason, line: String(decoding: line.prefix(400), as: UTF8.self))
  }

  /// A peer that dies shows first as an error of the other side: look once more before anybody is blamed.
  private func noteDeaths() {
    guard observation.incident == nil else { return }
    for side in Side.allCases where endpoints[side]?.process.wait(seconds: 0.02) != nil {
      let how = endpoints[side]?.process.status.map(\.description) ?? "ended"
      observation.incident = .ended(side, how)
    }
  }

  // MARK: The slot's file

  private func makeSlot(_ content: [UInt8]) {
    if !WholeFile.write(content, to: SlotLink.path(in: folder)) {
      observation.incident = .harness("Cannot write into \(folder); is the disk full?")
    }
  }

  /// What the writer's last text must have made of the file, if that is why the reader's answer is wrong.
  private func checkSlotOfLastText() {
    guard let text = lastText else { return }
    checkSlot(Scenario.image(text))
  }

  private func checkSlot(_ expected: [UInt8]) {
    let content = WholeFile.read(SlotLink.path(in: folder)) ?? []
    observation.slotTailIsClean = content.drop { $0 != 0 }.allSatisfy { $0 == 0 }
    observation.slotDifference = .between(
      content, expected, subject: "the slot's file that \(observation.name(.writer)) wrote",
      source: "interop/vectors/slots.yml", field: "file")
  }

  // MARK: What is left

  private func noteWires() {
    noteChunkPlaces()
    defer { relayPlaces = [] }
    for (index, relay) in (link?.relays ?? []).enumerated() {
      observation.wires.append(
        Observation.Wire(
          sender: relay.sender, comparison: relay.comparison, deliveredCount: relay.deliveredCount,
          hasEnded: relay.senderHasEnded, sinkIsGone: relay.sinkIsGone))
      chunks += relay.chunks
      chunkPlaces += relayPlaces[index]
      if relay.chunkCount > relay.chunks.count {
        chunks.append("… \(relay.chunkCount - relay.chunks.count) chunks left out …")
        chunkPlaces.append(lineCount)
      }
    }
  }

  /// Notes of the chunks that are new where they stand among the lines.
  private func noteChunkPlaces() {
    for (index, relay) in (link?.relays ?? []).enumerated() {
      if index == relayPlaces.count { relayPlaces.append([]) }
      while relayPlaces[index].count < relay.chunks.count { relayPlaces[index].append(lineCount) }
    }
  }

  private func checkRemains() {
    for side in Side.allCases {
      guard let endpoint = endpoints[side] else { continue }
      endpoint.exchange()
      takeReplies(side)
      observation.leaks[side] = Ledger.leaks(
        of: endpoint.process.id, beyond: endpoint.baseline, children: endpoint.children, folder: folder,
        mapsAreChecked: pairing.channel.traits.isMapped)
    }
    places = nil
    let own = Set(["slot", "stale"] + MappedLink.names)
    observation.leftovers = (Ledger.entries(folder) ?? []).filter { name in
      !own.contains(name) && !isFifo("\(folder)/\(name)")
    }
    guard pairing.channel.transport == .dotnetPipe else { return }
    observation.leftovers += (Ledger.entries(settings.temporaryFolder) ?? []).filter {
      $0.hasPrefix("\(LinkRequest.dotnetPipePrefix)\(tag)-") && !$0.hasSuffix("stale")
    }
  }

  private func isFifo(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  private func note(_ line: String) {
    lineCount += 1
    if lines.count < 2 * Self.keptLines {
      lines.append(line)
    } else {
      lines.remove(at: Self.keptLines)
      lines.append(line)
    }
  }
}
