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
    let object = try madeObject(place)
    do throws(EndpointError) {
      return SharedMemoryChannel(try part(place, opening.role), semaphore, object, opening)
    } catch {
      // The object is useless without the part.
      if let object { Leftovers.remove(object) }
      throw error
    }
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

  /// Makes the object, if it is to be made.
  private func madeObject(_ place: Place) throws(EndpointError) -> Leftovers.Entry? {
    guard case .name(let name) = place, let size else { return nil }
    return try SharedMemory.makeTemporary(name, size: size)
  }

  private func part(_ place: Place, _ role: Role) throws(EndpointError) -> SharedMemory {
    let access: SharedMemory.Access = role.isReceiver ? .readOnly : .readWrite
    switch place {
    case .descriptor(let number):
      return try SharedMemory(.inherited(number), offset: offset, length: length, access: access)
    case .path(let path):
      return try SharedMemory(path: path, offset: offset, length: length, access: access)
    case .name(let name):
      return try SharedMemory(attaching: name, offset: offset, length: length, access: access)
    }
  }
}

/// The bytes of shared memory, protected by a lock if there is one.
final class SharedMemoryChannel: Channel {
  let direction: Direction
  private let part: SharedMemory
  private let lock: NamedSemaphore?
  private let limit: Int
  /// The object, if this channel has made it and must remove it.
  private let object: Leftovers.Entry?

  init(
    _ part: consuming SharedMemory, _ lock: consuming NamedSemaphore?, _ object: Leftovers.Entry?,
    _ opening: ChannelOpening
  ) {
    self.part = part
    self.lock = lock
    (self.object, direction, limit) = (object, opening.direction, opening.limit)
  }

  deinit {
    if let object { Leftovers.remove(object) }
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard message.count <= part.count else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: part.count))
    }
    let turn = try lock?.hold()
    defer { if let turn { Leftovers.remove(turn) } }
    try part.write(message)
  }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard part.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(part.count), limit: limit))
    }
    let bytes = try locked()
    body(bytes.span)
  }

  private func locked() throws(EndpointError) -> [UInt8] {
    let turn = try lock?.hold()
    defer { if let turn { Leftovers.remove(turn) } }
    return try part.read()
  }
}
