import Cases
import Foundation

/// Something that moves bytes during a conversation, such as the tap.
protocol Pump: AnyObject {
  /// Does what it can without blocking.
  ///
  /// - Parameter now: the time since the conversation started.
  func pump(at now: Duration)
  /// Appends the descriptors and events to poll.
  func appendInterests(to entries: inout [pollfd])
  /// When ``pump(at:)`` must be called even without an event; nil if never.
  var wakeTime: Duration? { get }
  /// Whether it waits for something that no descriptor reports, so that it must be called repeatedly.
  var needsPolling: Bool { get }
}

/// The loop that does the I/O of every conversation: a case, an example, a question, an ending.
///
/// One thread, one `poll`. It writes commands as early as their order allows, several in one write, because a case takes as
/// long as its round trips.
struct ConversationLoop {
  /// The processes that take part, some of which may come late.
  final class Participants {
    /// A single process is the writer.
    var processes: [Participant: EndpointProcess] = [:]
  }

  private let participants: Participants
  /// A descriptor that becomes readable when the run must stop.
  var interrupt: Int32?

  private let start = ContinuousClock.now

  init(_ processes: [Side: EndpointProcess], interrupt: Int32? = nil) {
    let participants = Participants()
    for (side, process) in processes { participants.processes[.side(side)] = process }
    self.init(participants, interrupt: interrupt)
  }

  init(_ participants: Participants, interrupt: Int32?) {
    self.participants = participants
    self.interrupt = interrupt
  }

  private var processes: [Participant: EndpointProcess] { participants.processes }

  /// The time since the conversation started.
  var now: Duration { .now - start }

  /// Runs a conversation until it is over.
  ///
  /// - Parameters:
  ///   - conversation: the machine, which decides every step.
  ///   - pump: returns the current pump, if there is one.
  ///   - answer: carries out one of the machine's requests and reports the result to it.
  func run<Machine: ConversationMachine>(
    _ conversation: inout Machine, pump: (Machine) -> (any Pump)? = { _ in nil },
    answer: (Machine.Request, inout Machine) -> Void
  ) {
    // One that has ended already would not wake the loop.
    for (participant, process) in processes {
      process.repeatEnd()
      process.exchange { report($0, of: participant, to: &conversation) }
    }
    var spins = 0
    while !conversation.isOver {
      while let step = conversation.next(at: now) { perform(step, &conversation, answer) }
      if conversation.isOver { return }
      for process in processes.values { process.flush() }
      // No reference is kept across iterations: the pump must be released with its phase.
      let ready = wait(pump(conversation), &spins, &conversation)
      for (participant, process) in processes {
        process.exchange(after: ready) { report($0, of: participant, to: &conversation) }
      }
      // A reply may let the tap connect and deliver what it holds, so the machine goes first, then the tap.
      while let step = conversation.next(at: now) { perform(step, &conversation, answer) }
      pump(conversation)?.pump(at: now)
    }
  }

  /// Runs a conversation that makes no requests.
  func run<Machine: ConversationMachine>(_ conversation: inout Machine) where Machine.Request == Never {
    run(&conversation) { _, _ in }
  }

  private func report<Machine: ConversationMachine>(
    _ event: ProcessEvent, of participant: Participant, to conversation: inout Machine
  ) {
    switch participant {
    case .side(let side): conversation.take(event, from: side)
    case .other(let name): conversation.take(event, fromOther: name)
    }
  }

  private func perform<Machine: ConversationMachine>(
    _ step: ConversationStep<Machine.Request>, _ conversation: inout Machine,
    _ answer: (Machine.Request, inout Machine) -> Void
  ) {
    switch step {
    case .write(let participant, let bytes): processes[participant]?.enqueue(bytes)
    case .closeInput(let participant): processes[participant]?.closeInput()
    case .signal(let participant, let number): processes[participant]?.process.signal(number)
    case .kill(let participant): processes[participant]?.process.kill()
    case .request(let request): answer(request, &conversation)
    }
  }

  /// Waits until something can be done; returns what `poll` said.
  private func wait<Machine: ConversationMachine>(
    _ pump: consuming (any Pump)?, _ spins: inout Int, _ conversation: inout Machine
  ) -> [pollfd] {
    if pump?.needsPolling ?? false { spins += 1 }
    var entries: [pollfd] = []
    for process in processes.values { process.appendInterests(to: &entries) }
    pump?.appendInterests(to: &entries)
    if let interrupt { entries.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&entries, nfds_t(entries.count), timeout(conversation.deadline, pump, spins))
    if let last = entries.last, last.fd == interrupt, last.revents != 0 { conversation.interrupt() }
    return entries
  }

  /// The time until something changes, in milliseconds; short if no descriptor reports it.
  private func timeout(_ deadline: Duration?, _ pump: (any Pump)?, _ spins: Int) -> Int32 {
    if pump?.needsPolling ?? false { return spins % 64 == 0 ? 1 : 0 }
    let times = [deadline, pump?.wakeTime].compactMap(\.self)
    let limit: Double =
      processes.values.allSatisfy(\.hasExitDescriptor) ? 1e9 : 10
    guard let first = times.min() else { return Int32(limit) }
    return Int32(max(0, min(((first - now) / .milliseconds(1)).rounded(.up), limit)))
  }
}
