import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One text in a memory-mapped file: 1024 bytes, padded with NUL.
///
/// The last write wins.
///
/// Use it to publish a small state to whoever looks. There is no synchronisation: a reader may see half of an old and
/// half of a new text, and misses what was overwritten; ``FileCell`` loses nothing.
///
/// Each access first looks at the file's size, so that a file that somebody cut short is an error. If it is cut in the very
/// moment between the look and the access, the system ends the process with SIGBUS all the same.
///
/// ```swift
/// let writer = try FileSlot(writing: "/tmp/state")
/// try writer.write(Array("ready".utf8).span)
/// let reader = try FileSlot(reading: "/tmp/state")
/// let state = try reader.read()  // "ready"
/// ```
public struct FileSlot: ~Copyable {
  /// The size of the slot in bytes.
  public static let size = 1024

  private let file: MappedFile

  /// Opens a slot to read it.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, or `malformed` for a file of under 1024 bytes.
  public init(reading path: String) throws(EndpointError) {
    file = try MappedFile(try MappedFile.open(path, O_RDONLY), path, count: Self.size, isWritable: false)
  }

  /// Opens a slot to write it; makes the file, or extends it with NUL bytes, if need be.
  ///
  /// - Throws: ``EndpointError``: `denied`, `missing` for a missing folder, `internal` on a full disk.
  public init(writing path: String) throws(EndpointError) {
    let descriptor = try MappedFile.open(path, O_RDWR | O_CREAT)
    try MappedFile.extend(descriptor, to: Self.size, path)
    file = try MappedFile(descriptor, path, count: Self.size, isWritable: true)
  }

  /// Replaces the whole slot, so that nothing of a longer earlier text stays behind.
  ///
  /// - Throws: ``EndpointError``, and the slot stays as it was: `too-large` over 1024 bytes, `malformed` for a text with a NUL,
  ///   `truncated` if the file has been cut short.
  public func write(_ text: Span<UInt8>) throws(EndpointError) {
    guard text.count <= Self.size else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(text.count), limit: Self.size))
    }
    guard text.indices.allSatisfy({ text[$0] != 0 }) else {
      throw EndpointError(.malformed, "A slot's text ends at the first NUL byte, so it cannot carry one.")
    }
    try file.checkSize()
    file.store(text, at: 0)
    memset(file.base + text.count, 0, Self.size - text.count)
  }

  /// The text that is in the slot now: the bytes before the first NUL, or all 1024.
  ///
  /// - Throws: ``EndpointError`` of kind `truncated` if the file has been cut short.
  public func read() throws(EndpointError) -> [UInt8] {
    try file.checkSize()
    let bytes = UnsafeRawBufferPointer(start: file.base, count: Self.size)
    return Array(bytes.prefix { $0 != 0 })
  }
}
