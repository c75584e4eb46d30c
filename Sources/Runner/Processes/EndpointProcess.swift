package import AdapterProtocol
import CPlatform
package import Cases
import Endpoints
package import Foundation

/// A live endpoint: a process of an adapter, and the three pipes to it.
///
/// Nothing here waits.
package final class EndpointProcess {
  package let adapter: Adapter
  package let process: ChildProcess
  /// What it may still hold after `reset`.
  package private(set) var baseline: Set<Int32> = []
  /// The child processes that it may still have after `reset`.
  package private(set) var children: Set<String> = []
  /// Nil once the endpoint has been told to go.
  private var input: Descriptor?
  private let output: Descriptor
  private let errors: Descriptor
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)
  private var unsent: [UInt8] = []
  private var sent = 0
  private var lines = LineBuffer()
  package private(set) var standardError = ByteTail(limit: 8 << 10)
  /// Standard error as lines, where somebody reads them.
  private var errorLines: LineBuffer?
  package private(set) var hasClosedOutput = false
  private var hasClosedErrors = false
  private var isInputBroken = false

  /// Starts an endpoint.
  ///
  /// - Parameters:
  ///   - adapter: a ready adapter.
  ///   - inherited: descriptors that the endpoint gets as its 3, 4 and so on.
  ///   - environment: the endpoint's whole environment.
  /// - Throws: ``HarnessError`` if it cannot be started.
  package init(_ adapter: Adapter, inheriting inherited: [Int32] = [], environment: [String: String])
    throws(HarnessError)
  {
    self.adapter = adapter
    let input = try Self.pipe()
    let output = try Self.pipe()
    let errors = try Self.pipe()
    process = try ChildProcess(
      adapter.command,
      descriptors: [input.reader.number, output.writer.number, errors.writer.number] + inherited,
      environment: environment, directory: adapter.folder)
    self.input = try Self.nonblockingCopy(input.writer)
    self.output = try Self.nonblockingCopy(output.reader)
    self.errors = try Self.nonblockingCopy(errors.reader)
  }

  /// Takes what the endpoint holds now as what it may hold later.
  package func takeBaseline() {
    baseline = Ledger.descriptors(of: process.id) ?? baseline
    children = Set(Ledger.children(of: process.id))
  }

  /// What it had from its start and may no longer hold: a descriptor that it was told to open as a channel.
  package func consume(_ number: Int32) { baseline.remove(number) }

  /// Puts a command line on its way; it is written when the pipe has room.
  package func enqueue(_ command: Command) {
    unsent.append(contentsOf: command.bytes)
    unsent.append(0x0a)
  }

  /// Puts bytes on their way as they are, which need not be a line.
  package func enqueue(_ bytes: [UInt8]) { unsent.append(contentsOf: bytes) }

  /// What the endpoint is waited for.
  package func appendInterests(to entries: inout [pollfd]) {
    if let number = process.exitNumber { entries.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedOutput { entries.append(pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)) }
    if !hasClosedErrors { entries.append(pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0)) }
    if sent < unsent.count, !isInputBroken, let number = inputNumber {
      entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0))
    }
  }

  /// Writes and reads what is possible without waiting.
  package func exchange() {
    flush()
    if !hasClosedOutput { hasClosedOutput = drain(output) { lines.append($0) } }
    if !hasClosedErrors { hasClosedErrors = drain(errors) { takeErrors($0) } }
  }

  /// Writes what the pipe has room for.
  package func flush() {
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

  /// The next line of standard output, if a whole one has arrived.
  package func nextLine() -> ArraySlice<UInt8>? { lines.next() }

  /// What has arrived of standard output without a line feed.
  package var partialLine: ArraySlice<UInt8> { lines.pending }

  /// Has standard error kept as lines too.
  package func keepErrorLines() { errorLines = LineBuffer() }

  /// The next line of standard error, if a whole one has arrived and lines are kept.
  package func nextErrorLine() -> ArraySlice<UInt8>? { errorLines?.next() }

  private func takeErrors(_ bytes: ArraySlice<UInt8>) {
    standardError.append(bytes)
    errorLines?.append(bytes)
  }

  /// Tells it that there will be no more input.
  package func closeInput() { input = nil }

  /// Forgets the standard error of earlier cases.
  package func startCase() { standardError.removeAll() }

  /// Ends it politely: the end of its input, a moment to go, `SIGTERM`, another moment, `SIGKILL`.
  ///
  /// - Returns: what was wrong with its going, or nil if it exited with 0.
  package func finish(seconds: Double) -> String? {
    input = nil
    if let status = waitWhileDraining(seconds) {
      return status == .exited(0) ? nil : "\(status) at the end of its input; it must exit 0"
    }
    process.terminate()
    if waitWhileDraining(seconds / 2) != nil {
      return "did not exit at the end of its input and had to be ended with SIGTERM"
    }
    process.kill()
    return "did not exit at the end of its input, ignored SIGTERM and had to be killed"
  }

  /// A process that is still writing must not be kept from its end by a full pipe.
  private func waitWhileDraining(_ seconds: Double) -> ChildProcess.Status? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if let status = process.wait(seconds: 0) { return status }
      var entries: [pollfd] = []
      appendInterests(to: &entries)
      let rest = (deadline - .now) / .milliseconds(1)
      // Where the system does not tell of a process's end, look again soon.
      _ = poll(&entries, nfds_t(entries.count), process.exitNumber == nil ? 10 : Int32(max(1, rest)))
      exchange()
    }
    return process.wait(seconds: 0)
  }

  private var inputNumber: Int32? { input?.number }

  /// Reads what is there; returns whether that was the end.
  private func drain(_ source: borrowing Descriptor, into sink: (ArraySlice<UInt8>) -> Void) -> Bool {
    // Bounded, so that an endpoint that never stops talking cannot hold the runner here.
    for _ in 0..<16 {
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
