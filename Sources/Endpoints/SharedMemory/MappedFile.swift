import CPlatform
import Synchronization
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A part of a file, mapped into memory and shared with everybody else who maps it.
///
/// The descriptor stays open, so that the file's size can be looked at before the map is touched: beyond the file's end a map
/// ends the process with SIGBUS. What remains is a file that is cut short between the look and the touch, some hundred
/// nanoseconds; only a file that cannot shrink (a sealed memfd) is free of that.
struct MappedFile: ~Copyable, @unchecked Sendable {
  /// What the part is called in errors.
  let name: String
  /// Where the part starts in memory.
  let base: UnsafeMutableRawPointer
  /// The length of the part in bytes.
  let count: Int

  private let descriptor: Descriptor
  private let end: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedLength: Int

  /// Maps a part of a file that is long enough.
  ///
  /// - Throws: ``EndpointError``: `malformed` if the file ends before the part does, `internal` or `denied` if it cannot be mapped.
  init(
    _ descriptor: consuming Descriptor, _ name: String, offset: Int = 0, count: Int, isWritable: Bool
  ) throws(EndpointError) {
    let size = try Self.size(of: descriptor, name)
    guard count > 0, size >= offset, size - offset >= count else {
      throw EndpointError(
        .malformed,
        "\(name) has \(size) bytes, and \(count) from byte \(offset) on are asked for; its maker must make it that long first."
      )
    }
    // A map starts at a page.
    let skipped = offset % Int(sysconf(Int32(_SC_PAGESIZE)))
    let length = skipped + count
    let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
    let start = mmap(nil, length, protection, MAP_SHARED, descriptor.number, off_t(offset - skipped))
    guard let start, start != MAP_FAILED else { throw EndpointError(errno: errno, during: "mapping \(name)") }
    (mapping, mappedLength, base) = (start, length, start + skipped)
    self.name = name
    self.count = count
    end = offset + count
    self.descriptor = descriptor
  }

  deinit { munmap(mapping, mappedLength) }

  /// Looks whether the file still has the whole part; to be called before each touch.
  ///
  /// - Throws: ``EndpointError`` of kind `truncated`.
  func checkSize() throws(EndpointError) {
    let size = try Self.size(of: descriptor, name)
    guard size >= end else {
      throw EndpointError(
        .truncated,
        "\(name) was cut short to \(size) bytes while it is mapped, and \(end) are in use; open it again when it is whole."
      )
    }
  }

  /// Copies bytes into the part, whose size the caller has looked at.
  func store(_ bytes: Span<UInt8>, at offset: Int) {
    let space = base + offset
    bytes.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { space.copyMemory(from: start, byteCount: bytes.count) }
    }
  }

  /// The file, whatever its name is.
  var node: FileNode? { FileNode(of: descriptor) }

  /// Whether the file at a path is the one that is mapped, and not another of that name.
  func isSameFile(as path: String) -> Bool { node.map { $0 == FileNode(at: path) } ?? false }

  /// What sets a word of the part, as long as it is mapped and the file has it.
  func storing(_ value: UInt64, at offset: Int) -> Leftovers.Removal {
    nonisolated(unsafe) let place = base + offset
    let (number, end) = (descriptor.number, end)
    return {
      var status = stat()
      guard fstat(number, &status) == 0, status.st_size >= end else { return }
      place.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(value, ordering: .releasing)
    }
  }
}

/// A file, known by its device and inode and not by its name.
package struct FileNode: Equatable, Sendable {
  private let device: dev_t
  private let node: ino_t

  init?(of descriptor: borrowing Descriptor) {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { return nil }
    (device, node) = (status.st_dev, status.st_ino)
  }

  /// What is at a path; nil if nothing is.
  package init?(at path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    (device, node) = (status.st_dev, status.st_ino)
  }
}

extension MappedFile {
  /// Opens a regular file, without blocking: opening a FIFO that stands at the path would wait for ever.
  static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    let number = parley_open(path, flags | O_NONBLOCK, 0o600)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    return Descriptor(owning: number)
  }

  /// The size of a regular file or a shared memory object in bytes.
  static func size(of descriptor: borrowing Descriptor, _ name: String) throws(EndpointError) -> Int {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw EndpointError(errno: errno, during: "examining \(name)") }
    #if os(Linux)
    let isMemory = status.st_mode & S_IFMT == S_IFREG
    #else
    // A shared memory object has no type there.
    let isMemory = status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == 0
    #endif
    guard isMemory else {
      throw EndpointError(.usage, "\(name) is neither a regular file nor shared memory; only those can be mapped.")
    }
    return Int(status.st_size)
  }

  /// Gives a file at least a size, with NUL bytes at its end.
  static func extend(
    _ descriptor: borrowing Descriptor, to size: Int, _ name: String
  ) throws(EndpointError) {
    guard try Self.size(of: descriptor, name) < size else { return }
    #if os(Linux)
    // Unlike ftruncate this reserves the blocks: on a full disk the error comes here and not as SIGBUS at the first write.
    var code: Int32
    repeat { code = posix_fallocate(descriptor.number, 0, off_t(size)) } while code == EINTR
    #else
    let code = ftruncate(descriptor.number, off_t(size)) == 0 ? 0 : errno
    #endif
    guard code == 0 else { throw EndpointError(errno: code, during: "extending \(name) to \(size) bytes") }
  }
}
