import Synchronization
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The threads of a ``ManagerServer``: one that accepts, and one for each connection.
final class ManagerService: Sendable {
  let address: SocketAddress
  let catalog: ManagerCatalog
  let key: [UInt8]
  let limit: Int
  let handshakeTime: Duration

  private struct State: ~Copyable {
    var listener: SocketListener?
    var accepting: JoinableThread?
    /// By a number of its own: those that the system gives come again.
    var threads: [Int: JoinableThread] = [:]
    var finished: [Int] = []
    /// The sockets that are open, to end the waits at them.
    var sockets: Set<Int32> = []
    var isClosing = false
  }

  private let state: Mutex<State>
  /// Held while the server closes, so that whoever else closes it waits for the end too.
  private let closing = Mutex(())
  private let stop: QueueWaiter

  /// So many conversations at a time; more clients are hung up on.
  private static let mostConnections = 1000

  init(
    _ listener: consuming SocketListener, catalog: ManagerCatalog, key: [UInt8], limit: Int, handshakeTime: Duration
  ) throws(EndpointError) {
    stop = try QueueWaiter()
    address = listener.address
    (self.catalog, self.key, self.limit, self.handshakeTime) = (catalog, key, limit, handshakeTime)
    state = Mutex(State(listener: consume listener))
  }

  func start() throws(EndpointError) {
    let thread = try JoinableThread { [self] in acceptAll() }
    state.withLock { $0.accepting = thread }
  }

  func close() {
    closing.withLock { _ in
      catalog.close()
      let accepting = state.withLock { state in
        state.isClosing = true
        for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        return state.accepting.take()
      }
      stop.signal()
      accepting?.join()
      // Nobody adds a thread any more.
      let threads = state.withLock { state in
        defer { state.threads = [:] }
        // Where the thread never started, the listener is still here.
        state.listener = nil
        return state.threads
      }
      for thread in threads.values { thread.join() }
    }
  }

  private func acceptAll() {
    // The thread owns the listener: the socket file goes when it ends.
    guard let listener = state.withLock({ $0.listener.take() }) else { return }
    var count = 0
    while true {
      switch stop.wait(until: nil, watching: .connections(listener.number)) {
      case .signalled, .timedOut: return
      case .ready: break
      }
      // A peer may be gone before it is accepted, and then accepting must not wait for the next one.
      guard let descriptor = try? listener.accept(until: .after(.zero)) else {
        // No descriptors left, or a peer that has gone: others may go too.
        if stop.wait(until: .after(.milliseconds(20))) == .signalled { return }
        continue
      }
      joinFinished()
      count += 1
      serve(descriptor, count)
    }
  }

  private func joinFinished() {
    let threads = state.withLock { state in
      defer { state.finished = [] }
      return state.finished.compactMap { state.threads.removeValue(forKey: $0) }
    }
    for thread in threads { thread.join() }
  }

  private func serve(_ descriptor: consuming Descriptor, _ count: Int) {
    let number = descriptor.number
    let isWelcome = state.withLock { state in
      guard !state.isClosing, state.sockets.count < Self.mostConnections else { return false }
      state.sockets.insert(number)
      return true
    }
    guard isWelcome else { return }
    let owned = descriptor.release()
    do {
      let thread = try JoinableThread { [self] in
        var conversation = ManagerConversation(
          MultiprocessingConnection(Descriptor(owning: owned), limit: limit), number: owned, with: self)
        conversation.hold()
        // First it is forgotten, then closed: the number may be somebody else's at once.
        state.withLock { _ = $0.sockets.remove(owned) }
        _ = consume conversation
        state.withLock { $0.finished.append(count) }
      }
      state.withLock { $0.threads[count] = thread }
    } catch {
      state.withLock { _ = $0.sockets.remove(owned) }
      _ = Descriptor(owning: owned)
    }
  }
}
