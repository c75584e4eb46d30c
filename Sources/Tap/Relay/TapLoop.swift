import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// The tap at work: one loop that reads and writes for all connections.
package final class TapLoop {
  private let arrivals: any Arrivals
  private let fault: FaultChoice?
  private let observer: any TapObserver
  /// Bytes with the numbers of signals.
  private let signals: Int32
  private var connections: [Int: TappedConnection] = [:]
  private var nextNumber = 1
  private let start = ContinuousClock.now
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
  private var programEnd: Int32?

  /// How the tap ended.
  package enum End: Equatable, Sendable {
    /// Somebody asked for it.
    case stopped
    /// The program that it stood in for ended with this status, as `waitpid` gives it.
    case program(Int32)
  }

  init(_ arrivals: any Arrivals, fault: FaultChoice?, signals: Int32, observer: any TapObserver) {
    (self.arrivals, self.fault, self.signals, self.observer) = (arrivals, fault, signals, observer)
  }

  deinit { scratch.deallocate() }

  /// Relays until a signal ends it, or the program that it stands in for has ended.
  package func run() -> End {
    var entries: [pollfd] = []
    var tags: [(TappedConnection, TapSide)] = []
    while true {
      var now = ContinuousClock.now - start
      welcome(at: now)
      if let end = end(at: now) { return end }
      entries.removeAll(keepingCapacity: true)
      tags.removeAll(keepingCapacity: true)
      entries.append(pollfd(fd: signals, events: Int16(POLLIN), revents: 0))
      entries.append(pollfd(fd: arrivals.number ?? -1, events: Int16(POLLIN), revents: 0))
      var wake = arrivals.wakeTime(at: now)
      for connection in connections.values {
        connection.appendInterests(to: &entries, &tags)
        if let time = connection.wakeTime(at: now) { wake = min(wake ?? time, time) }
      }
      let timeout = wake.map { Int32(min(60_000, max(0, (($0 - now) / .milliseconds(1)).rounded(.up)))) } ?? -1
      let count = poll(&entries, nfds_t(entries.count), timeout)
      now = ContinuousClock.now - start
      if count > 0 {
        if entries[0].revents != 0, let end = takeSignals() { return end }
        for index in tags.indices where entries[index + 2].revents != 0 {
          let (connection, side) = tags[index]
          if !connection.isClosed { connection.ready(side, entries[index + 2], scratch, at: now) }
        }
      }
      if wake != nil { for connection in connections.values { connection.pump(at: now) } }
      bury()
    }
  }

  /// Closes everything.
  package func close() {
    for connection in connections.values { connection.close(resetting: false) }
    connections = [:]
  }

  private func welcome(at now: Duration) {
    // Not all at once: those that are there want to go on.
    for _ in 0..<64 {
      switch arrivals.next(nextNumber, at: now) {
      case .nobody: return
      case .connection(let client, let server, let isConnecting):
        connections[nextNumber] = TappedConnection(
          nextNumber, client: client, server: server, isConnecting: isConnecting, fault: fault, observer: observer)
      case .failure(let reason): observer.note(.failed(nextNumber, observer.time, reason: reason))
      }
      nextNumber += 1
    }
  }

  private func bury() {
    for (number, connection) in connections where connection.isClosed {
      connections[number] = nil
      arrivals.closed(connection)
    }
  }

  private func takeSignals() -> End? {
    var numbers = [UInt8](repeating: 0, count: 64)
    let count = read(signals, &numbers, numbers.count)
    guard count > 0 else { return nil }
    for number in numbers[..<count] {
      guard let program = arrivals as? ProgramArrival else {
        if Int32(number) != SIGCHLD { return .stopped }
        continue
      }
      if Int32(number) == SIGCHLD { reap(program) } else if programEnd == nil { kill(program.process, Int32(number)) }
    }
    return nil
  }

  private func reap(_ program: ProgramArrival) {
    var status: Int32 = 0
    if waitpid(program.process, &status, WNOHANG) == program.process { programEnd = status }
  }

  /// Whether it is over: the program has ended, and what it wrote is delivered.
  private func end(at now: Duration) -> End? {
    guard let programEnd else { return nil }
    // What a process that it left behind may still write is not waited for: the starter waits for this process to end.
    for connection in connections.values where !connection.drain(scratch, at: now) { return nil }
    return .program(programEnd)
  }
}
