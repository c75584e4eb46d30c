import CPlatform
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
/// half of a new text, and misses what was overwritten.
///
/// ```swift
/// let writer = try FileSlot(writing: "/tmp/state")
/// try writer.write(Array("ready".utf8).span)
/// let reader = try FileSlot(reading: "/tmp/state")
/// let state = reader.read()  // "ready"
/// ```
public struct FileSlot: ~Copyable {
  /// The size of the slot in bytes.
  public static let size = 1024

  private let base: UnsafeMutableRawPointer

  /// Opens a slot to read it.
  ///
  /// - Throws: ``EndpointError``: `missing`, `denied`, or `malformed` for a file of under 1024 bytes.
  public init(reading path: String) throws(EndpointError) {
    let descriptor = try Self.open(path, O_RDONLY)
    let length = try Self.length(of: descriptor, path)
    // Reading a map past the file's end ends the process with SIGBUS.
    guard length >= Self.size else {
      throw EndpointError(
        .malformed, "\(path) has \(length) bytes and a slot has \(Self.size); the writer makes it that long.")
    }
    base = try Self.map(descriptor, PROT_READ, path)
  }

  /// Opens a slot to write it; makes the file, or extends it with NUL bytes, if need be.
  ///
  /// - Throws: ``EndpointError``: `denied`, `missing` for a missing folder, `internal` on a full disk.
  public init(writing path: String) throws(EndpointError) {
    let descriptor = try Self.open(path, O_RDWR | O_CREAT)
    if try Self.length(of: descriptor, path) < Self.size {
      #if canImport(Glibc)
      // Unlike ftruncate this reserves the blocks: on a full disk the error comes here and not as SIGBUS at the first write.
      let code = posix_fallocate(descriptor.number, 0, off_t(Self.size))
      #else
      let code = ftruncate(descriptor.number, off_t(Self.size)) == 0 ? 0 : errno
      #endif
      guard code == 0 else { throw EndpointError(errno: code, during: "extending \(path)") }
    }
    base = try Self.map(descriptor, PROT_READ | PROT_WRITE, path)
  }

  deinit { munmap(base, Self.size) }

  /// Replaces the whole slot, so that nothing of a longer earlier text stays behind.
  ///
  /// - Throws: ``EndpointError``, and the slot stays as it was: `too-large` over 1024 bytes, `malformed` for a text with a NUL.
  public func write(_ text: Span<UInt8>) throws(EndpointError) {
    guard text.count <= Self.size else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(text.count), limit: Self.size))
    }
    guard text.indices.allSatisfy({ text[$0] != 0 }) else {
      throw EndpointError(.malformed, "A slot's text ends at the first NUL byte, so it cannot carry one.")
    }
    text.withUnsafeBytes { base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count) }
    memset(base + text.count, 0, Self.size - text.count)
  }

  /// The text that is in the slot now: the bytes before the first NUL, or all 1024.
  public func read() -> [UInt8] {
    let bytes = UnsafeRawBufferPointer(start: base, count: Self.size)
    return Array(bytes.prefix { $0 != 0 })
  }

  /// Without blocking: opening a FIFO that stands at the path would wait for ever.
  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    let number = parley_open(path, flags | O_NONBLOCK, 0o600)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    return Descriptor(owning: number)
  }

  private static func length(of descriptor: borrowing Descriptor, _ path: String) throws(EndpointError) -> Int {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw EndpointError(errno: errno, during: "examining \(path)") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw EndpointError(.usage, "\(path) is not a regular file; a slot needs one.")
    }
    return Int(status.st_size)
  }

  private static func map(
    _ descriptor: borrowing Descriptor, _ protection: Int32, _ path: String
  ) throws(EndpointError) -> UnsafeMutableRawPointer {
    let pointer = mmap(nil, size, protection, MAP_SHARED, descriptor.number, 0)
    guard let pointer, pointer != MAP_FAILED else { throw EndpointError(errno: errno, during: "mapping \(path)") }
    return pointer
  }
}
