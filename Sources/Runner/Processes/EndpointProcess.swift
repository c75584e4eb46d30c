import CPlatform
package import Cases
import Endpoints
import Foundation

/// A running endpoint: a process and the three pipes to it.
///
/// Nothing here blocks; ``ConversationLoop`` does the waiting.
package final class EndpointProcess {
  package let program: Program
  package let process: ChildProcess
  /// The descriptors that it may hold after `reset`.
  package private(set) var ownDescriptors: Set<Int32> = []
  /// The child processes that it may have after `reset`.
  package private(set) var ownChildren: Set<String> = []
  /// The endpoint's standard input; nil once it is closed.
  private var input: Descriptor?
  private let output: Descriptor
  private let errors: Descriptor
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)
  private var unsent: [UInt8] = []
  private var sent = 0
  package private(set) var standardError = HeadAndTail(limit: 8 << 10)
  private var hasClosedOutput = false
  private var hasClosedErrors = false
  private var hasReportedEnd = false
  private var isInputBroken = false

  /// Starts an endpoint.
  ///
  /// - Parameters:
  ///   - program: the program to start.
  ///   - inherited: the descriptors that become 3, 4 and so on in the endpoint.
  ///   - standardStreams: the descriptors that become its standard input and output; nil for pipes to this object.
  ///   - environment: the endpoint's complete environment.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(
    _ program: Program, inheriting inherited: [Int32] = [], standardStreams: (input: Int32, output: Int32)? = nil,
    environment: [String: String]
  ) throws(HarnessError) {
    self.program = program
    let input = try Self.pipe()
    let output = try Self.pipe()
    let errors = try Self.pipe()
    let (standardInput, standardOutput) = standardStreams ?? (input.reader.number, output.writer.number)
    process = try ChildProcess(
      program.command, descriptors: [standardInput, standardOutput, errors.writer.number] + inherited,
      environment: environment, directory: program.folder)
    self.input = standardStreams == nil ? try Self.nonblockingCopy(input.writer) : nil
    self.output = try Self.nonblockingCopy(output.reader)
    self.errors = try Self.nonblockingCopy(errors.reader)
  }

  /// Records what the endpoint holds now; holding it later is no leak.
  package func noteOwnHoldings() {
    ownDescriptors = Ledger.descriptors(of: process.id) ?? ownDescriptors
    ownChildren = Set(Ledger.children(of: process.id))
  }

  /// Removes a descriptor from ``ownDescriptors``: the endpoint opens it as a channel and must close it.
  package func consume(_ number: Int32) { ownDescriptors.remove(number) }

  /// What the endpoint holds but should not.
  package func leaks(folder: String, mapsAreChecked: Bool) -> [Leak] {
    var leaks: [Leak] = []
    // A runtime's own threads open pipes and files of the system for a moment; what an adapter forgets stays.
    for look in 1...Self.looks {
      leaks = Ledger.leaks(
        of: process.id, beyond: ownDescriptors, children: ownChildren, folder: folder, mapsAreChecked: mapsAreChecked)
      guard look < Self.looks, !leaks.isEmpty, leaks.allSatisfy(\.mayBeTheRuntimes) else { break }
      usleep(10_000)
    }
    return leaks
  }

  /// How often to look whether a descriptor that may be the runtime's own goes away.
  private static let looks = 10

  /// Queues bytes for standard input; they are written when the pipe has room.
  package func enqueue(_ bytes: [UInt8]) { unsent.append(contentsOf: bytes) }

  /// Closes the endpoint's standard input.
  package func closeInput() {
    flush()
    input = nil
  }

  /// Discards the standard error of earlier cases.
  package func startCase() { standardError.removeAll() }

  // MARK: For the loop

  /// Appends the descriptors and events to poll.
  func appendInterests(to entries: inout [pollfd]) {
    if let number = process.exitNumber { entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedOutput { entries.append(pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedErrors { entries.append(pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0)) }
    if sent < unsent.count, !isInputBroken, let number = inputNumber {
      entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0))
    }
  }

  /// Whether its end can be waited for without polling repeatedly.
  var hasExitDescriptor: Bool { process.exitNumber != nil || process.status != nil }

  /// Writes and reads what is possible without blocking, and reports the events in order.
  ///
  /// The end of the process is reported last, because its last output may still be in the pipe. It does not wait for the end
  /// of the pipe, because a child process may hold that open forever.
  ///
  /// - Parameters:
  ///   - ready: what `poll` said of the descriptors; nil to try each of them.
  ///   - report: takes an event.
  func exchange(after ready: [pollfd]? = nil, _ report: (ProcessEvent) -> Void) {
    func isReady(_ number: Int32) -> Bool { ready?.contains { $0.fd == number && $0.revents != 0 } ?? true }
    flush()
    let mayHaveEnded = !hasReportedEnd && process.exitNumber.map(isReady) ?? true
    let end = mayHaveEnded ? process.wait(seconds: 0) : nil
    if !hasClosedOutput, end != nil || isReady(output.number) {
      hasClosedOutput = drain(output, rounds: end == nil ? 16 : 4096) { report(.output($0)) }
      if hasClosedOutput, end == nil { report(.outputClosed) }
    }
    if !hasClosedErrors, end != nil || isReady(errors.number) {
      hasClosedErrors = drain(errors, rounds: 16) {
        standardError.append($0)
        report(.errorOutput($0))
      }
    }
    if let end {
      hasReportedEnd = true
      report(.ended(end))
    }
  }

  /// Has the end reported again, for a conversation that starts after the endpoint has ended.
  func repeatEnd() { hasReportedEnd = false }

  /// Writes as much as the pipe has room for.
  func flush() {
    while sent < unsent.count, !isInputBroken, let number = inputNumber {
      let count = unsent.withUnsafeBytes { write(number, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
      if count < 0 {
        if errno == EINTR { continue }
        isInputBroken = errno != EAGAIN
        return
      }
      sent += count
    }
    unsent.removeAll(keepingCapacity: true)
    sent = 0
  }

  private var inputNumber: Int32? { input?.number }

  /// Reads what is available; returns whether the end of stream was reached.
  private func drain(
    _ source: borrowing Descriptor, rounds: Int, into sink: (ArraySlice<UInt8>) -> Void
  ) -> Bool {
    // Bounded, so that an endpoint that never stops writing cannot block the runner.
    for _ in 0..<rounds {
      let count = read(source.number, &scratch, scratch.count)
      if count == 0 { return true }
      if count < 0 && errno != EINTR { return false }
      if count > 0 { sink(scratch[..<count]) }
      if count < scratch.count { return false }
    }
    return false
  }

  private static func pipe() throws(HarnessError) -> Descriptor.Pipe {
    do {
      return try Descriptor.pipe()
    } catch {
      throw HarnessError("Cannot create a pipe for an endpoint: \(error.message)")
    }
  }

  private static func nonblockingCopy(_ descriptor: borrowing Descriptor) throws(HarnessError) -> Descriptor {
    let number = parley_duplicate(descriptor.number, 0)
    guard number >= 0, parley_set_nonblocking(number, true) == 0 else {
      throw HarnessError("Cannot prepare a pipe for an endpoint: \(String(cString: strerror(errno))).")
    }
    return Descriptor(owning: number)
  }
}
