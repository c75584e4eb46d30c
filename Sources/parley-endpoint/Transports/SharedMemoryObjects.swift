import Endpoints
import WireFormats

/// Shared memory: named objects, files and inherited descriptors.
struct SharedMemoryObjects: ChannelOpener {
  static let options = ["size", "offset", "length", "lock"]

  private let size: Int?
  private let offset: Int
  private let length: Int?
  private let lock: String?

  init(_ arguments: Arguments) throws(EndpointError) {
    size = try arguments.optionalNumber("size", 1...Int.max)
    offset = try arguments.optionalNumber("offset", 0...Int.max) ?? 0
    length = try arguments.optionalNumber("length", 1...Int.max)
    lock = try arguments.optionalText("lock")
  }

  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let place = try Place(opening)
    if let size { try check(size, place, opening.role) }
    // Opened before the memory, so that a missing lock leaves no object behind.
    let semaphore = try openedLock()
    let part = try part(place, opening.role)
    return SharedMemoryChannel(part, semaphore, isMaker: size != nil, opening)
  }

  /// What an address names.
  private enum Place {
    case name(String)
    case path(String)
    case descriptor(Int32)

    init(_ opening: ChannelOpening) throws(EndpointError) {
      let address = opening.address
      if let number = opening.descriptorNumber {
        self = .descriptor(number)
      } else if SharedMemory.isName(address) {
        self = .name(address)
      } else if address.hasPrefix("/") {
        self = .path(try opening.path())
      } else {
        throw EndpointError(
          .usage,
          "\"\(address)\" is not shared memory: use a name such as /psm_1, an absolute path or a descriptor's number.")
      }
    }
  }

  private func check(_ size: Int, _ place: Place, _ role: Role) throws(EndpointError) {
    guard case .name = place, !role.isReceiver else {
      throw EndpointError(
        .usage, "size=\(size) creates an object: it needs role=write and an address such as /psm_1.")
    }
    guard offset < size, length ?? 1 <= size - offset else {
      throw EndpointError(
        .malformed, "The part at byte \(offset) does not fit an object of \(size) bytes.")
    }
  }

  private func openedLock() throws(EndpointError) -> NamedSemaphore? {
    guard let lock else { return nil }
    return try NamedSemaphore(opening: lock)
  }

  private func part(_ place: Place, _ role: Role) throws(EndpointError) -> SharedMemory {
    let access: SharedMemory.Access = role.isReceiver ? .readOnly : .readWrite
    switch place {
    case .descriptor(let number):
      return try SharedMemory(.inherited(number), offset: offset, length: length, access: access)
    case .path(let path):
      return try SharedMemory(path: path, offset: offset, length: length, access: access)
    case .name(let name):
      guard let size else {
        return try SharedMemory(attaching: name, offset: offset, length: length, access: access)
      }
      let whole = try SharedMemory(creating: name, size: size)
      do throws(EndpointError) {
        return try SharedMemory(attaching: name, offset: offset, length: length)
      } catch {
        // The object is useless without the part.
        try? whole.unlink()
        throw error
      }
    }
  }
}

/// The bytes of shared memory, protected by a lock if there is one.
final class SharedMemoryChannel: Channel {
  let direction: Direction
  private let part: SharedMemory
  private let lock: NamedSemaphore?
  private let limit: Int
  /// Whether this channel created the object and must remove it.
  private let isMaker: Bool

  init(
    _ part: consuming SharedMemory, _ lock: consuming NamedSemaphore?, isMaker: Bool, _ opening: ChannelOpening
  ) {
    self.part = part
    self.lock = lock
    (self.isMaker, direction, limit) = (isMaker, opening.direction, opening.limit)
  }

  deinit {
    // It may be gone: Python's resource tracker removes it too.
    if isMaker { try? part.unlink() }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard message.count <= part.count else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: part.count))
    }
    try lock?.wait()
    defer { try? lock?.post() }
    try part.write(message)
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
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
