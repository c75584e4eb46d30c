import CPlatform
public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One end of a `multiprocessing.Queue` or `SimpleQueue` of Python, in a spawn or forkserver context.
///
/// Such a queue is a pipe and named semaphores: a lock for its readers, one for its writers and, in a `Queue`, the number of free
/// slots. Python tells them like this, and each message is a pickle:
///
/// ```python
/// queue = multiprocessing.get_context("spawn").Queue()
/// print(os.getpid(), queue._writer.fileno(), queue._wlock._semlock.name, queue._sem._semlock.name)
/// ```
///
/// ```swift
/// var queue = try SpawnQueue(
///   writing: "/proc/4711/fd/5", lock: "/mp-k3v9x_0a", slots: "/mp-p0d_8q2z")
/// try queue.put(try Codec.pickle.encode("hello"))
/// ```
///
/// These names are Python's private matter, and in a fork context there are none. A manager's queue is meant to be shared, and a
/// better choice where one has it.
///
/// Important: a process that is killed while it holds a lock keeps all others waiting. Here a lock is held only while a message
/// of which a part has arrived is read, not while one is waited for, and a lock that others do not give back is an error of kind `timeout`.
public struct SpawnQueue: ~Copyable, Sendable {
  private let pipe: Descriptor
  private let isWriter: Bool
  private let lock: NamedSemaphore
  private let slots: NamedSemaphore?
  private let limit: Int
  /// What has come of a message whose rest did not come in time.
  private var frame = MultiprocessingFrame()
  /// The readers' lock, as long as a part of a message is here: another reader would take its rest for a frame.
  private var turn: Leftovers.Entry?

  /// Opens the end where messages go in.
  ///
  /// - Parameters:
  ///   - path: either end of the pipe, such as `/proc/PID/fd/N`.
  ///   - lock: the name of the writers' lock.
  ///   - slots: the name of the semaphore of free slots, nil for a `SimpleQueue`.
  ///   - limit: the largest message, in bytes.
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` if the path is no pipe, `refused` if it is a FIFO that nobody reads.
  public init(
    writing path: String, lock: String, slots: String?, limit: Int = Framing.defaultLimit
  ) throws(EndpointError) {
    try self.init(writing: Self.open(path, O_WRONLY), lock: lock, slots: slots, limit: limit)
  }

  /// Opens the end where messages come out.
  ///
  /// - Parameters:
  ///   - path: either end of the pipe, such as `/proc/PID/fd/N`.
  ///   - lock: the name of the readers' lock.
  ///   - slots: the name of the semaphore of free slots, nil for a `SimpleQueue`.
  ///   - limit: the largest message, in bytes.
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` if the path is no pipe.
  public init(
    reading path: String, lock: String, slots: String?, limit: Int = Framing.defaultLimit
  ) throws(EndpointError) {
    try self.init(reading: Self.open(path, O_RDONLY), lock: lock, slots: slots, limit: limit)
  }

  /// Uses a descriptor of the end where messages go in, as ``init(writing:lock:slots:limit:)-(String,_,_,_)``; it is closed with this value.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` if it is not the writing end of a pipe.
  public init(
    writing descriptor: consuming Descriptor, lock: String, slots: String?, limit: Int = Framing.defaultLimit
  ) throws(EndpointError) {
    try self.init(descriptor, O_WRONLY, lock, slots, limit)
  }

  /// Uses a descriptor of the end where messages come out, as ``init(reading:lock:slots:limit:)-(String,_,_,_)``; it is closed with this value.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` if it is not the reading end of a pipe.
  public init(
    reading descriptor: consuming Descriptor, lock: String, slots: String?, limit: Int = Framing.defaultLimit
  ) throws(EndpointError) {
    try self.init(descriptor, O_RDONLY, lock, slots, limit)
  }

  private init(
    _ descriptor: consuming Descriptor, _ direction: Int32, _ lock: String, _ slots: String?, _ limit: Int
  ) throws(EndpointError) {
    parley_ignore_broken_pipe()
    try Self.check(descriptor, direction)
    let opened = try NamedSemaphore(opening: lock)
    self.slots = try Self.semaphore(slots)
    self.lock = opened
    pipe = descriptor
    isWriter = direction == O_WRONLY
    self.limit = limit
  }

  /// Puts a message into the queue; waits while the pipe has no room for it.
  ///
  /// - Parameters:
  ///   - message: a pickle.
  ///   - patience: how long to wait for a slot, and again for the lock.
  /// - Throws: ``EndpointError``: `timeout` for a full queue or a lock that is not given back, `too-large`, `closed` if nobody reads.
  public mutating func put(
    _ message: Span<UInt8>, atMost patience: Duration = NamedSemaphore.patience
  ) throws(EndpointError) {
    guard isWriter else { throw EndpointError(.usage, "This end of the queue reads.") }
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    var prefix: [UInt8] = []
    Framing.multiprocessing.appendPrefix(ofLength: message.count, to: &prefix)
    // The slot first, as Python does it: a full queue must not keep other writers from their lock.
    let slot = try slots?.hold(atMost: patience)
    do throws(EndpointError) {
      let turn = try lock.hold(atMost: patience)
      defer { Leftovers.remove(turn) }
      let nothing: [UInt8] = []
      try pipe.write(prefix: prefix.span, message, suffix: nothing.span)
    } catch {
      if let slot { Leftovers.remove(slot) }
      throw error
    }
    // The message has it now.
    if let slot { Leftovers.forget(slot) }
  }

  /// Puts a message into the queue; as ``put(_:atMost:)-(Span<UInt8>,_)``.
  public mutating func put(_ message: [UInt8], atMost patience: Duration = NamedSemaphore.patience)
    throws(EndpointError)
  {
    try put(message.span, atMost: patience)
  }

  /// Gets the next message.
  ///
  /// - Parameters:
  ///   - waiting: how long to wait for a message, and for all of it; nil waits for ever.
  ///   - patience: how long to wait for the lock once there is one.
  /// - Returns: the message, a pickle; nil when all writers are gone.
  /// - Throws: ``EndpointError``: `timeout`, and then a later call can still get the message, of which what has come is kept; `too-large`,
  ///   `malformed` and `truncated`, after which nobody can use the queue any more.
  public mutating func get(
    waiting: Duration? = nil, atMost patience: Duration = NamedSemaphore.patience
  ) throws(EndpointError) -> [UInt8]? {
    guard !isWriter else { throw EndpointError(.usage, "This end of the queue writes.") }
    let deadline = waiting.map { Deadline.after($0) }
    if turn == nil { try takeTurn(until: deadline, atMost: patience) }
    do {
      let message = try frame.read(from: pipe, limit: limit, until: deadline)
      giveTurnBack()
      guard let message else { return nil }
      frame = MultiprocessingFrame()
      // A message that was put without taking a slot makes one too many here; it is a message all the same.
      try? slots?.post()
      return message
    } catch {
      if error.kind != .timeout || !frame.hasBegun { giveTurnBack() }
      throw error
    }
  }

  /// Takes the lock when there is something to read.
  private mutating func takeTurn(until deadline: Deadline?, atMost patience: Duration) throws(EndpointError) {
    while true {
      // Waiting with the lock would keep all other readers from the queue.
      try pipe.wait(for: POLLIN, until: deadline, "to put a message into the queue")
      turn = try lock.hold(atMost: deadline.map { min(patience, $0.remaining) } ?? patience)
      do {
        // Another reader may have taken what was there.
        if try isReadable() { return }
      } catch {
        giveTurnBack()
        throw error
      }
      giveTurnBack()
    }
  }

  private mutating func giveTurnBack() {
    if let turn { Leftovers.remove(turn) }
    turn = nil
  }

  deinit {
    if let turn { Leftovers.remove(turn) }
  }

  /// Whether there is something to read, or the end.
  private func isReadable() throws(EndpointError) -> Bool {
    var entry = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
    let count = poll(&entry, 1, 0)
    guard count >= 0 || errno == EINTR else { throw EndpointError(errno: errno, during: "waiting for a message") }
    return count > 0
  }
}

extension SpawnQueue {
  private static func semaphore(_ name: String?) throws(EndpointError) -> NamedSemaphore? {
    guard let name else { return nil }
    return try NamedSemaphore(opening: name)
  }

  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    // Without blocking: at a FIFO, unlike at a pipe, opening would wait for somebody at the other end.
    let number = parley_open(path, flags | O_NONBLOCK, 0)
    guard number >= 0 else {
      if errno == ENXIO { throw EndpointError(.refused, "Nobody reads \(path): the queue is gone.") }
      throw EndpointError(errno: errno, during: "opening \(path)")
    }
    let descriptor = Descriptor(owning: number)
    // The flag is this descriptor's own: opening a path, unlike inheriting, makes a new open file.
    guard parley_set_nonblocking(number, false) == 0 else {
      throw EndpointError(errno: errno, during: "opening \(path)")
    }
    return descriptor
  }

  private static func check(_ descriptor: borrowing Descriptor, _ direction: Int32) throws(EndpointError) {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else {
      throw EndpointError(errno: errno, during: "examining descriptor \(descriptor.number)")
    }
    guard status.st_mode & S_IFMT == S_IFIFO else {
      throw EndpointError(.usage, "Descriptor \(descriptor.number) is no pipe, and a queue needs an end of its own.")
    }
    let mode = fcntl(descriptor.number, F_GETFL) & O_ACCMODE
    guard mode == direction || mode == O_RDWR else {
      throw EndpointError(
        .usage,
        "Descriptor \(descriptor.number) is the pipe's \(mode == O_RDONLY ? "reading" : "writing") end; the other one is needed."
      )
    }
  }
}
