import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// A connection with the tap in it: two ends and the flow of bytes in each direction.
final class TappedConnection {
  let number: Int
  let client: ProgramEnd
  let server: ProgramEnd
  private let forward: Flow
  private let back: Flow
  private let observer: any TapObserver
  /// Whether the server's connection is still coming about, and since when nobody took it.
  private(set) var isConnecting: Bool
  private(set) var isClosed = false

  init(
    _ number: Int, client: ProgramEnd, server: ProgramEnd, isConnecting: Bool = false, fault: FaultChoice?,
    observer: any TapObserver
  ) {
    (self.number, self.client, self.server, self.observer) = (number, client, server, observer)
    self.isConnecting = isConnecting
    forward = Flow(
      from: .client, of: number, client, to: server, fault: fault?.fault(from: .client), observer: observer)
    back = Flow(from: .server, of: number, server, to: client, fault: fault?.fault(from: .server), observer: observer)
    if !isConnecting { observer.note(.connected(number, observer.time)) }
  }

  /// When it must be looked at even if no descriptor is ready.
  func wakeTime(at now: Duration) -> Duration? {
    if isClosed { return nil }
    if forward.needsPolling || back.needsPolling { return now + .milliseconds(1) }
    return [forward.wakeTime, back.wakeTime].compactMap(\.self).min()
  }

  /// Appends what to poll; the tags tell ``ready(_:_:_:at:)`` whose descriptor it is.
  func appendInterests(to entries: inout [pollfd], _ tags: inout [(TappedConnection, TapSide)]) {
    if isConnecting {
      if let number = server.writeNumber {
        entries.append(pollfd(fd: number, events: Int16(POLLOUT), revents: 0))
        tags.append((self, .server))
      }
      return
    }
    append(.client, client, forward, back, &entries, &tags)
    append(.server, server, back, forward, &entries, &tags)
  }

  private func append(
    _ side: TapSide, _ end: ProgramEnd, _ sending: Flow, _ receiving: Flow, _ entries: inout [pollfd],
    _ tags: inout [(TappedConnection, TapSide)]
  ) {
    let reads = sending.wantsInput ? Int16(POLLIN) : 0
    let writes = receiving.isBlocked ? Int16(POLLOUT) : 0
    if end.isSocket {
      // Of a program that sends no more, only that it is gone altogether is still to be learnt.
      let watches = sending.hasEnded && !receiving.isOver
      guard reads | writes != 0 || watches, let number = end.readNumber else { return }
      entries.append(pollfd(fd: number, events: reads | writes, revents: 0))
      tags.append((self, side))
      return
    }
    if reads != 0, let number = end.readNumber {
      entries.append(pollfd(fd: number, events: reads, revents: 0))
      tags.append((self, side))
    }
    // Without events it still tells that nobody reads any more.
    if !receiving.isOver, let number = end.writeNumber {
      entries.append(pollfd(fd: number, events: writes, revents: 0))
      tags.append((self, side))
    }
  }

  /// Does what a descriptor is ready for.
  func ready(_ side: TapSide, _ entry: pollfd, _ scratch: UnsafeMutableRawBufferPointer, at now: Duration) {
    if isConnecting { return finishConnecting() }
    let (end, sending, receiving) = side == .client ? (client, forward, back) : (server, back, forward)
    let events = entry.revents
    let isBad = events & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
    if entry.fd == end.readNumber, events & Int16(POLLIN) != 0 || isBad, sending.wantsInput {
      sending.take(scratch, at: now)
    }
    if entry.fd == end.writeNumber, receiving.isBlocked, events & Int16(POLLOUT) != 0 || isBad {
      receiving.flush(at: now)
    }
    // It can neither send nor receive any more: what is for it is lost, and who sends must learn that.
    if isBad, entry.fd == end.writeNumber, !end.isSocket || sending.hasEnded { receiving.refuse() }
    settle(at: now)
  }

  /// Does what the time asks for.
  func pump(at now: Duration) {
    guard !isConnecting, !isClosed else { return }
    if forward.needsPolling || forward.wakeTime != nil { forward.flush(at: now) }
    if back.needsPolling || back.wakeTime != nil { back.flush(at: now) }
    settle(at: now)
  }

  /// Passes ends and resets on, and closes the connection when both directions are over.
  private func settle(at now: Duration) {
    // One that was broken off must not look like one that ended.
    for flow in [forward, back] where flow.hasEnded && !flow.isBroken && !flow.isOver && !flow.isBlocked {
      flow.flush(at: now)
    }
    if forward.isBroken || back.isBroken {
      // What the program sent before it broke the connection off still arrives, as it would without the tap.
      guard [forward, back].allSatisfy({ !$0.isBroken || !$0.isBlocked }) else { return }
      close(resetting: true)
    } else if forward.isOver && back.isOver {
      close(resetting: false)
    }
  }

  /// Takes what is left of a server that has ended.
  ///
  /// - Returns: whether all of it is with the client, or the client is gone.
  func drain(_ scratch: UnsafeMutableRawBufferPointer, at now: Duration) -> Bool {
    while !isClosed, back.take(scratch, at: now) {}
    settle(at: now)
    return isClosed || back.isOver || !back.isBlocked && !back.needsPolling && back.wakeTime == nil
  }

  /// Ends it, from the tap's side.
  func close(resetting: Bool) {
    guard !isClosed else { return }
    isClosed = true
    client.close(resetting: resetting)
    server.close(resetting: resetting)
    observer.note(.closed(number, observer.time))
  }

  /// Says why the server could not be reached, and lets the client go.
  func fail(_ reason: String) {
    observer.note(.failed(number, observer.time, reason: reason))
    close(resetting: true)
  }

  private func finishConnecting() {
    guard let number = server.writeNumber else { return }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length)
    guard code == 0 else {
      fail(EndpointError(errno: code, during: "connecting to the server").message)
      return
    }
    isConnecting = false
    observer.note(.connected(self.number, observer.time))
  }
}
