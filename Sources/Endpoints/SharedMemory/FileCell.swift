import Synchronization
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A mailbox for one message in a mapped file, from one writer to one reader, that loses and repeats none.
///
/// Use it where two processes share a file and nothing else, in whatever languages; `interop/PROTOCOL.md`, section 3, has the
/// layout. A socket or a FIFO is better where there can be one: here both sides must look again and again, at most a
/// millisecond apart.
///
/// Each access first looks at the file's size, so that a file that somebody cut short is an error and not the end of the process.
///
/// ```swift
/// var writer = try FileCell(writing: "/tmp/cell")
/// try writer.send(Array("ready".utf8))
/// var reader = try FileCell(reading: "/tmp/cell")
/// let message = try reader.receive()  // "ready"
/// ```
public struct FileCell: ~Copyable, Sendable {
  /// The size of the file in bytes.
  public static let size = 4096
  /// The longest message in bytes.
  public static let capacity = size - messageOffset

  private static let closingOffset = 24
  private static let messageOffset = 64

  private let file: MappedFile
  /// The mark that the writer has closed, which is set at the latest when the process ends; nil for a reader.
  private let closing: Leftovers.Entry?

  private var isWriter: Bool { closing != nil }

  /// Opens the cell's writing side: makes the file if need be, and starts anew in one that is there.
  ///
  /// Important: start the writer before the reader, or only after an earlier reader is gone. One that is just taking a message
  /// of an earlier writer would count it as the new writer's first.
  ///
  /// - Throws: ``EndpointError``: `denied`, `missing` for a missing folder, `usage` for something other than a file.
  public init(writing path: String) throws(EndpointError) {
    let descriptor = try MappedFile.open(path, O_RDWR | O_CREAT)
    try MappedFile.extend(descriptor, to: Self.size, path)
    file = try MappedFile(descriptor, path, count: Self.size, isWritable: true)
    closing = Leftovers.add(file.storing(1, at: Self.closingOffset))
    // In this order nobody ever sees more written than taken, nor an end before the new writer closes.
    hasClosed.store(0)
    written.store(0)
    taken.store(0)
    length.store(0)
  }

  /// Opens the cell's reading side.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, `malformed` for a file of under 4096 bytes.
  public init(reading path: String) throws(EndpointError) {
    // The reader writes too: it counts what it has taken.
    file = try MappedFile(try MappedFile.open(path, O_RDWR), path, count: Self.size, isWritable: true)
    closing = nil
  }

  deinit {
    if let closing { Leftovers.remove(closing) }
  }

  /// Sends one message; waits until the one before has been taken.
  ///
  /// - Parameters:
  ///   - message: at most ``capacity`` bytes.
  ///   - patience: how long to wait at most; nil waits for ever.
  /// - Throws: ``EndpointError``: `too-large`, `truncated` if the file has been cut short, `timeout`, `usage` on the reading side.
  public mutating func send(_ message: Span<UInt8>, atMost patience: Duration? = nil) throws(EndpointError) {
    guard isWriter else { throw EndpointError(.usage, "This side of the cell reads.") }
    guard message.count <= Self.capacity else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: Self.capacity))
    }
    var backoff = Backoff(atMost: patience)
    while true {
      try file.checkSize()
      let count = written.load()
      if taken.load() >= count {
        file.store(message, at: Self.messageOffset)
        length.store(UInt64(message.count))
        // Whoever sees this number sees all that was stored before it.
        written.store(count + 1)
        return
      }
      guard backoff.wait() else { throw timeout("takes the message before it") }
    }
  }

  /// Sends one message; as ``send(_:atMost:)-(Span<UInt8>,_)``.
  public mutating func send(_ message: [UInt8], atMost patience: Duration? = nil) throws(EndpointError) {
    try send(message.span, atMost: patience)
  }

  /// Receives one message; waits for it.
  ///
  /// - Parameter patience: how long to wait at most; nil waits for ever.
  /// - Returns: the message, or nil when the writer has closed and everything is taken.
  /// - Throws: ``EndpointError``: `malformed` for a length over ``capacity``, `truncated` if the file has been cut short, `timeout`,
  ///   `usage` on the writing side.
  public mutating func receive(atMost patience: Duration? = nil) throws(EndpointError) -> [UInt8]? {
    guard !isWriter else { throw EndpointError(.usage, "This side of the cell writes.") }
    var backoff = Backoff(atMost: patience)
    while true {
      try file.checkSize()
      // Looked at first: looked at last, it could be true of a writer that has written since the look at the number.
      let isOver = hasClosed.load() == 1
      let count = taken.load()
      if written.load() > count {
        let length = self.length.load()
        guard length <= UInt64(Self.capacity) else {
          throw EndpointError(
            .malformed, "The cell \(file.name) says that its message has \(length) bytes; it holds \(Self.capacity).")
        }
        let message = Array(UnsafeRawBufferPointer(start: file.base + Self.messageOffset, count: Int(length)))
        // From here on the writer may store the next one.
        taken.store(count + 1)
        return message
      }
      if isOver { return nil }
      guard backoff.wait() else { throw timeout("puts a message there") }
    }
  }

  private func timeout(_ what: String) -> EndpointError {
    EndpointError(.timeout, "Nobody \(what) in the cell \(file.name) in time; look whether the other side runs.")
  }
}

/// The four words at the file's start, which both sides load and store whole; little-endian, as all machines are that Swift is for.
extension FileCell {
  private struct Word: ~Copyable {
    let pointer: UnsafeMutablePointer<Atomic<UInt64>>

    func load() -> UInt64 { pointer.pointee.load(ordering: .acquiring) }
    func store(_ value: UInt64) { pointer.pointee.store(value, ordering: .releasing) }
  }

  private var written: Word { word(at: 0) }
  private var taken: Word { word(at: 8) }
  private var length: Word { word(at: 16) }
  private var hasClosed: Word { word(at: Self.closingOffset) }

  private func word(at offset: Int) -> Word {
    Word(pointer: (file.base + offset).assumingMemoryBound(to: Atomic<UInt64>.self))
  }
}
