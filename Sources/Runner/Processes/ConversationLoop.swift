import Cases
import Foundation

/// Something that moves bytes beside a conversation, such as the tap.
protocol Pump: AnyObject {
  /// Does what can be done without waiting.
  ///
  /// - Parameter now: the time since the conversation's beginning.
  func pump(at now: Duration)
  /// What it is waited for.
  func appendInterests(to entries: inout [pollfd])
  /// When the time alone changes something; nil if it never does.
  var wakeTime: Duration? { get }
  /// Whether it waits for something that no descriptor tells, so that it must be asked again and again.
  var needsPolling: Bool { get }
}

/// The one loop that does a conversation's I/O, whatever the conversation: a case, an example, a question, an end.
///
/// One thread, one `poll`. Commands are written as early as the order allows, many in one write, because the number of round
/// trips is what a case costs.
struct ConversationLoop {
  /// The processes by their sides; who is alone is the writer.
  let processes: [Side: EndpointProcess]
  /// A descriptor that becomes readable when the runner is to stop.
  var interrupt: Int32?

  private let start = ContinuousClock.now

  init(_ processes: [Side: EndpointProcess], interrupt: Int32? = nil) {
    self.processes = processes
    self.interrupt = interrupt
  }

  /// The time since the conversation's beginning.
  var now: Duration { .now - start }

  /// Holds a conversation to its end.
  ///
  /// - Parameters:
  ///   - conversation: the machine, which says what is done.
  ///   - pump: gives what moves bytes beside it, if anything does at the moment.
  ///   - answer: does what only the surroundings can do, and tells the machine.
  func run<Machine: ConversationMachine>(
    _ conversation: inout Machine, pump: (Machine) -> (any Pump)? = { _ in nil },
    answer: (Machine.Request, inout Machine) -> Void
  ) {
    // One that has ended already would not wake the loop.
    for (side, process) in processes {
      process.repeatEnd()
      process.exchange { conversation.take($0, from: side) }
    }
    var spins = 0
    while !conversation.isOver {
      while let step = conversation.next(at: now) { perform(step, &conversation, answer) }
      if conversation.isOver { return }
      for process in processes.values { process.flush() }
      // Not held here any longer: what moves bytes goes with its phase.
      wait(pump(conversation), &spins, &conversation)
      for (side, process) in processes { process.exchange { conversation.take($0, from: side) } }
      // What came may let the tap connect, and what it holds can then go on at once: so first the machine, then the tap.
      while let step = conversation.next(at: now) { perform(step, &conversation, answer) }
      pump(conversation)?.pump(at: now)
    }
  }

  /// Holds a conversation that asks nothing of the surroundings.
  func run<Machine: ConversationMachine>(_ conversation: inout Machine) where Machine.Request == Never {
    run(&conversation) { _, _ in }
  }

  private func perform<Machine: ConversationMachine>(
    _ step: ConversationStep<Machine.Request>, _ conversation: inout Machine,
    _ answer: (Machine.Request, inout Machine) -> Void
  ) {
    switch step {
    case .write(let side, let bytes): processes[side]?.enqueue(bytes)
    case .closeInput(let side): processes[side]?.closeInput()
    case .terminate(let side): processes[side]?.process.terminate()
    case .kill(let side): processes[side]?.process.kill()
    case .request(let request): answer(request, &conversation)
    }
  }

  private func wait<Machine: ConversationMachine>(
    _ pump: consuming (any Pump)?, _ spins: inout Int, _ conversation: inout Machine
  ) {
    if pump?.needsPolling ?? false { spins += 1 }
    var entries: [pollfd] = []
    for process in processes.values { process.appendInterests(to: &entries) }
    pump?.appendInterests(to: &entries)
    if let interrupt { entries.append(pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&entries, nfds_t(entries.count), timeout(conversation.deadline, pump, spins))
    if let last = entries.last, last.fd == interrupt, last.revents != 0 { conversation.interrupt() }
  }

  /// Until the first time at which something changes, in milliseconds; short where nothing tells.
  private func timeout(_ deadline: Duration?, _ pump: (any Pump)?, _ spins: Int) -> Int32 {
    if pump?.needsPolling ?? false { return spins % 64 == 0 ? 1 : 0 }
    let times = [deadline, pump?.wakeTime].compactMap(\.self)
    let limit: Double = processes.values.allSatisfy(\.hasExitDescriptor) ? 1e9 : 10
    guard let first = times.min() else { return Int32(limit) }
    return Int32(max(0, min(((first - now) / .milliseconds(1)).rounded(.up), limit)))
  }
}
