import CPlatform
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Memory that several processes share: Python's `SharedMemory`, and the memory of its `Value` and `Array`.
///
/// ```swift
/// let memory = try SharedMemory(creating: "/psm_counter", size: 8)
/// // Python: SharedMemory("psm_counter").buf[0] = 7
/// let bytes = try memory.read()  // [7, 0, 0, 0, 0, 0, 0, 0]
/// try memory.unlink()
/// ```
///
/// A `Value('i')` is the bytes of a C `int`, an `Array('d')` those of several `double`, in the machine's order and without a
/// header: ``/WireFormats/Codec/structure`` turns them into numbers and back. Python keeps them in a file without a name;
/// attach to it by ``init(path:offset:length:access:)`` with `/proc/PID/fd/N` or with ``init(_:offset:length:access:)`` and an inherited
/// descriptor. Python must tell the offset, and the name of the lock, if it has one:
///
/// ```swift
/// let value = try SharedMemory(path: "/proc/4711/fd/5", offset: 16, length: 4)
/// let lock = try NamedSemaphore(opening: "/mp-k3v9x_0a")
/// let bytes = try lock.withLock { () throws(EndpointError) in try value.read() }
/// let number = try Codec.structure.decode(bytes, format: "<i")  // (7,)
/// ```
///
/// Nothing but such a lock keeps two processes from writing at once. Each access first looks at the object's size, so that one
/// that somebody cut short is an error; if it is cut in the very moment between the look and the access, the system ends
/// the process with SIGBUS all the same.
///
/// Important: Python up to 3.12, and 3.13 without `track=False`, removes the name of an object to which it has only attached
/// when it exits. ``keepAlive()`` is the remedy.
public struct SharedMemory: ~Copyable, Sendable {
  /// What may be done with the memory.
  public enum Access: Sendable {
    /// Reading only.
    case readOnly
    /// Reading and writing.
    case readWrite
  }

  /// The object's name with its slash, or nil where it is a file or an inherited descriptor.
  public let name: String?

  let memory: MappedFile
  private let isWritable: Bool

  /// The length of the part that is shared here, in bytes.
  public var count: Int { memory.count }

  /// Makes an object with a name, for this user only.
  ///
  /// It gets its name when it has its size and its content, so nobody attaches to one that is still empty. (Python's own
  /// have a moment in which they are.)
  ///
  /// - Parameters:
  ///   - name: a slash and a word without one; Python leaves the slash out.
  ///   - size: its exact length in bytes, 1 or more.
  ///   - content: the first bytes; the rest is NUL.
  /// - Throws: ``EndpointError``: `exists`, `usage` for a name or size that is none, `too-large` for a content over the size,
  ///   `internal` if there is not so much memory.
  public init(creating name: String, size: Int, content: [UInt8] = []) throws(EndpointError) {
    try Self.checkName(name)
    guard size > 0 else { throw EndpointError(.usage, "Shared memory has at least 1 byte; \(size) were asked for.") }
    guard content.count <= size else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(content.count), limit: size))
    }
    memory = try Self.made(name, size, content)
    self.name = name
    isWritable = true
  }

  private static func made(_ name: String, _ size: Int, _ content: [UInt8]) throws(EndpointError) -> MappedFile {
    #if os(Linux)
    let temporary = "\(name).new-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    #else
    // An object cannot be given another name there.
    let temporary = name
    #endif
    let number = parley_shm_open(temporary, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "making the shared memory \(name)") }
    do throws(EndpointError) {
      let descriptor = Descriptor(owning: number)
      try MappedFile.extend(descriptor, to: size, name)
      let memory = try MappedFile(descriptor, name, count: size, isWritable: true)
      memory.store(content.span, at: 0)
      #if os(Linux)
      guard link(path(of: temporary), path(of: name)) == 0 else {
        throw EndpointError(errno: errno, during: "making the shared memory \(name)")
      }
      shm_unlink(temporary)
      #endif
      return memory
    } catch {
      shm_unlink(temporary)
      throw error
    }
  }

  /// Attaches to an object by its name.
  ///
  /// - Parameters:
  ///   - name: a slash and a word without one.
  ///   - offset: where the part begins that is shared, in bytes.
  ///   - length: the part's length in bytes; nil takes all to the end.
  ///   - access: what is done with it.
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` for a name that is none, `malformed` if the object is empty or ends before the part.
  public init(
    attaching name: String, offset: Int = 0, length: Int? = nil, access: Access = .readWrite
  ) throws(EndpointError) {
    try Self.checkName(name)
    let number = parley_shm_open(name, access == .readOnly ? O_RDONLY : O_RDWR, 0)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "attaching to the shared memory \(name)") }
    try self.init(Descriptor(owning: number), name, name, offset, length, access)
  }

  /// Attaches to a file, such as `/proc/PID/fd/N`, the memory of a process of the same user.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - offset: where the part begins that is shared, in bytes.
  ///   - length: the part's length in bytes; nil takes all to the end.
  ///   - access: what is done with it.
  /// - Throws: ``EndpointError``: `missing`, `denied`, `usage` for something else than a file, `malformed` if it is empty or ends before the part.
  public init(
    path: String, offset: Int = 0, length: Int? = nil, access: Access = .readWrite
  ) throws(EndpointError) {
    let descriptor = try MappedFile.open(path, access == .readOnly ? O_RDONLY : O_RDWR)
    try self.init(descriptor, path, nil, offset, length, access)
  }

  /// Attaches to what a descriptor stands for, such as one that was inherited.
  ///
  /// - Parameters:
  ///   - descriptor: of a file or shared memory object; closed with this value.
  ///   - offset: where the part begins that is shared, in bytes.
  ///   - length: the part's length in bytes; nil takes all to the end.
  ///   - access: what is done with it.
  /// - Throws: ``EndpointError``: `usage` for a descriptor of another kind, `denied` if it does not allow the access, `malformed` if
  ///   the object is empty or ends before the part.
  public init(
    _ descriptor: consuming Descriptor, offset: Int = 0, length: Int? = nil, access: Access = .readWrite
  ) throws(EndpointError) {
    let name = "the memory of descriptor \(descriptor.number)"
    try self.init(descriptor, name, nil, offset, length, access)
  }

  private init(
    _ descriptor: consuming Descriptor, _ title: String, _ name: String?, _ offset: Int, _ length: Int?,
    _ access: Access
  ) throws(EndpointError) {
    guard offset >= 0, length ?? 1 > 0 else {
      throw EndpointError(.usage, "A part of shared memory begins at 0 or later and has at least 1 byte.")
    }
    let rest = try MappedFile.size(of: descriptor, title) - offset
    memory = try MappedFile(
      descriptor, title, offset: offset, count: length ?? max(rest, 1), isWritable: access == .readWrite)
    self.name = name
    isWritable = access == .readWrite
  }

  /// Reads the whole part.
  ///
  /// - Returns: its bytes.
  /// - Throws: ``EndpointError`` of kind `truncated` if the object has been cut short.
  public func read() throws(EndpointError) -> [UInt8] { try read(0..<count) }

  /// Reads some bytes.
  ///
  /// - Parameter range: which, counted from the beginning of the part.
  /// - Returns: the bytes.
  /// - Throws: ``EndpointError``: `usage` for a range outside the part, `truncated` if the object has been cut short.
  public func read(_ range: Range<Int>) throws(EndpointError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw EndpointError(.usage, "\(memory.name) has \(count) bytes here, and \(range) were asked for.")
    }
    try memory.checkSize()
    return Array(UnsafeRawBufferPointer(start: memory.base + range.lowerBound, count: range.count))
  }

  /// Stores some bytes.
  ///
  /// - Parameters:
  ///   - bytes: what to store.
  ///   - offset: where, counted from the beginning of the part.
  /// - Throws: ``EndpointError``, and nothing is stored: `too-large` if they do not fit the part, `truncated` if the object has
  ///   been cut short, `usage` for memory that is read only.
  public func write(_ bytes: Span<UInt8>, at offset: Int = 0) throws(EndpointError) {
    guard isWritable else { throw EndpointError(.usage, "\(memory.name) was attached to for reading only.") }
    guard (0...count).contains(offset) else {
      throw EndpointError(.usage, "\(memory.name) has \(count) bytes here; byte \(offset) is none of them.")
    }
    guard bytes.count <= count - offset else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(bytes.count), limit: count - offset))
    }
    try memory.checkSize()
    memory.store(bytes, at: offset)
  }

  /// Stores some bytes; as ``write(_:at:)-(Span<UInt8>,_)``.
  public func write(_ bytes: [UInt8], at offset: Int = 0) throws(EndpointError) {
    try write(bytes.span, at: offset)
  }

  /// Ends the sharing here, as letting go of the value does.
  ///
  /// The object and its name stay.
  public consuming func close() {}

  /// Removes the object's name; whoever has it attached keeps the memory.
  ///
  /// - Throws: ``EndpointError``: `missing` if the name is gone, or stands for another object by now, `usage` for memory without a name.
  public func unlink() throws(EndpointError) {
    guard let name else { throw EndpointError(.usage, "\(memory.name) has no name to remove.") }
    #if os(Linux)
    guard memory.isSameFile(as: Self.path(of: name)) else {
      throw EndpointError(.missing, "The name \(name) is gone or stands for other memory: somebody else removed it.")
    }
    #endif
    guard shm_unlink(name) == 0 else { throw EndpointError(errno: errno, during: "removing the shared memory \(name)") }
  }
}

extension SharedMemory {
  /// Makes an object whose name goes at the latest with the process, where that ends through ``Leftovers``.
  ///
  /// - Returns: what removes the name earlier.
  /// - Throws: ``EndpointError`` as ``init(creating:size:content:)``.
  package static func makeTemporary(_ name: String, size: Int) throws(EndpointError) -> Leftovers.Entry? {
    try Leftovers.adding { () throws(EndpointError) -> Leftovers.Removal? in
      let memory = try SharedMemory(creating: name, size: size)
      let node = memory.memory.node
      return {
        #if os(Linux)
        // It may be gone, and another have its name: Python's resource tracker removes names too.
        guard node == FileNode(at: Self.path(of: name)) else { return }
        #endif
        shm_unlink(name)
      }
    }
  }

  /// Whether a text has the form of an object's or semaphore's name: a slash and a word without one.
  public static func isName(_ text: String) -> Bool {
    let word = text.dropFirst()
    return text.hasPrefix("/") && !word.isEmpty && word != "." && word != ".." && !word.utf8.contains(0x2f)
      && !word.utf8.contains(0)
  }

  private static func checkName(_ name: String) throws(EndpointError) {
    // A file's name has at most 255 bytes, and some of them are needed for the endings of temporary names.
    guard isName(name), name.utf8.count <= 230 else {
      throw EndpointError(
        .usage, "\"\(name)\" is no name of shared memory; use a slash and a word, such as /psm_12345678.")
    }
  }

  #if os(Linux)
  /// Where the C library keeps the object.
  static func path(of name: String) -> String { "/dev/shm\(name)" }
  #endif
}
