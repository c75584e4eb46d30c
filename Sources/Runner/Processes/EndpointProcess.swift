import CPlatform
package import Cases
import Endpoints
import Foundation

/// A live endpoint: a process, and the three pipes to it.
///
/// Nothing here waits: ``ConversationLoop`` does.
package final class EndpointProcess {
  package let program: Program
  package let process: ChildProcess
  /// The descriptors that it may still hold after `reset`.
  package private(set) var ownDescriptors: Set<Int32> = []
  /// The child processes that it may still have after `reset`.
  package private(set) var ownChildren: Set<String> = []
  /// Nil once the endpoint has been told to go.
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
  ///   - program: what is started.
  ///   - inherited: descriptors that the endpoint gets as its 3, 4 and so on.
  ///   - environment: the endpoint's whole environment.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(
    _ program: Program, inheriting inherited: [Int32] = [], environment: [String: String]
  ) throws(HarnessError) {
    self.program = program
    let input = try Self.pipe()
    let output = try Self.pipe()
    let errors = try Self.pipe()
    process = try ChildProcess(
      program.command,
      descriptors: [input.reader.number, output.writer.number, errors.writer.number] + inherited,
      environment: environment, directory: program.folder)
    self.input = try Self.nonblockingCopy(input.writer)
    self.output = try Self.nonblockingCopy(output.reader)
    self.errors = try Self.nonblockingCopy(errors.reader)
  }

  /// Takes what the endpoint holds now as what it may hold later.
  package func noteOwnHoldings() {
    ownDescriptors = Ledger.descriptors(of: process.id) ?? ownDescriptors
    ownChildren = Set(Ledger.children(of: process.id))
  }

  /// What it had from its start and may no longer hold: a descriptor that it was told to open as a channel.
  package func consume(_ number: Int32) { ownDescriptors.remove(number) }

  /// What the endpoint holds beyond what it may.
  package func leaks(folder: String, mapsAreChecked: Bool) -> [Leak] {
    Ledger.leaks(
      of: process.id, beyond: ownDescriptors, children: ownChildren, folder: folder, mapsAreChecked: mapsAreChecked)
  }

  /// Puts bytes on their way; they are written when the pipe has room.
  package func enqueue(_ bytes: [UInt8]) { unsent.append(contentsOf: bytes) }

  /// Tells it that there will be no more input.
  package func closeInput() {
    flush()
    input = nil
  }

  /// Forgets the standard error of earlier cases.
  package func startCase() { standardError.removeAll() }

  // MARK: The loop's

  /// What the endpoint is waited for.
  func appendInterests(to entries: inout [pollfd]) {
    if let number = process.exitNumber { entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedOutput { entries.append(pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedErrors { entries.append(pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0)) }
    if sent < unsent.count, !isInputBroken, let number = inputNumber {
      entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0))
    }
  }

  /// Whether its end can be waited for without looking again and again.
  var hasExitDescriptor: Bool { process.exitNumber != nil || process.status != nil }

  /// Writes and reads what is possible without waiting, and tells what happened, in order.
  ///
  /// The end comes last: what a process wrote before it is in the pipe still, and a child of it may hold the pipe open for ever.
  func exchange(_ report: (ProcessEvent) -> Void) {
    flush()
    let end = hasReportedEnd ? nil : process.wait(seconds: 0)
    if !hasClosedOutput {
      hasClosedOutput = drain(output, rounds: end == nil ? 16 : 4096) { report(.output($0)) }
      if hasClosedOutput, end == nil { report(.outputClosed) }
    }
    if !hasClosedErrors {
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

  /// Tells a conversation that begins with an endpoint that has ended already.
  func repeatEnd() { hasReportedEnd = false }

  /// Writes what the pipe has room for.
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

  /// Reads what is there; returns whether that was the end.
  private func drain(
    _ source: borrowing Descriptor, rounds: Int, into sink: (ArraySlice<UInt8>) -> Void
  ) -> Bool {
    // Bounded, so that an endpoint that never stops talking cannot hold the runner here.
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
      throw HarnessError("Cannot make a pipe for an endpoint: \(error.message)")
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
