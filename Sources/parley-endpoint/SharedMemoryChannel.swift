import AdapterProtocol
import Endpoints
import WireFormats

/// The bytes of shared memory, under a lock if there is one.
final class SharedMemoryChannel: Channel {
  /// The keys of `open` that only this transport has.
  static let options = ["size", "offset", "length", "lock"]

  private let part: SharedMemory
  private let lock: NamedSemaphore?
  private let isWriter: Bool
  private let limit: Int
  /// Whether the object was made here, and goes with the channel.
  private let isMaker: Bool

  init(_ address: String, isWriter: Bool, limit: Int, _ arguments: Arguments) throws(EndpointError) {
    let offset = try arguments.number("offset", 0...Int.max, default: 0)
    let length = try arguments.optionalNumber("length", 1...Int.max)
    let size = try arguments.optionalNumber("size", 1...Int.max)
    let access: SharedMemory.Access = isWriter ? .readWrite : .readOnly
    // First what may be missing: a lock that is not there must not leave an object behind.
    if let name = arguments.command.text("lock") { lock = try NamedSemaphore(opening: name) } else { lock = nil }
    if let size {
      guard isWriter, SharedMemory.isName(address) else {
        throw EndpointError(
          .usage, "size=\(size) makes a new object: it needs role=write and an address such as /psm_1.")
      }
      guard offset < size, length ?? 1 <= size - offset else {
        throw EndpointError(
          .malformed, "An object of \(size) bytes has no part that begins at byte \(offset) and is so long.")
      }
      let whole = try SharedMemory(creating: address, size: size)
      // The part first: without it the object is not kept either.
      do throws(EndpointError) {
        part = try SharedMemory(attaching: address, offset: offset, length: length)
      } catch {
        try? whole.unlink()
        throw error
      }
    } else if let number = Int32(address) {
      part = try SharedMemory(.inherited(number), offset: offset, length: length, access: access)
    } else if SharedMemory.isName(address) {
      part = try SharedMemory(attaching: address, offset: offset, length: length, access: access)
    } else if address.hasPrefix("/") {
      part = try SharedMemory(path: address, offset: offset, length: length, access: access)
    } else {
      throw EndpointError(
        .usage,
        "\"\(address)\" is no shared memory: use a name such as /psm_1, an absolute path or a descriptor's number.")
    }
    (self.isWriter, self.limit, isMaker) = (isWriter, limit, size != nil)
  }

  deinit {
    // Python's resource tracker may have been faster.
    if isMaker { try? part.unlink() }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard isWriter else { throw EndpointError(.usage, "The channel was opened with role=read.") }
    let most = min(limit, part.count)
    guard message.count <= most else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: most))
    }
    try lock?.wait()
    defer { try? lock?.post() }
    try part.write(message)
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard !isWriter else { throw EndpointError(.usage, "The channel was opened with role=write.") }
    guard part.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(part.count), limit: limit))
    }
    let bytes = try locked()
    body(bytes.span)
  }

  private func locked() throws(EndpointError) -> [UInt8] {
    try lock?.wait()
    defer { try? lock?.post() }
    return try part.read()
  }
}

extension Arguments {
  /// A number that may be left out.
  func optionalNumber(_ key: String, _ range: ClosedRange<Int>) throws(EndpointError) -> Int? {
    command.bytes(key) == nil ? nil : try number(key, range)
  }
}
