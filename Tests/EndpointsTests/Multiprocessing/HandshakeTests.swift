import Endpoints
import Foundation
import Testing
import WireFormats

/// Handshakes over a real socket, with a peer that does what is said of it.
@Suite("Authentication, over a socket")
struct HandshakeTests {
  private static let roles = [Authentication.Role.accepting, .connecting]

  /// The kind of error with which our side ends.
  private func outcome(
    _ role: Authentication.Role, within time: Duration = .seconds(30), key: [UInt8] = secret,
    _ peer: @escaping @Sendable (borrowing Descriptor) throws -> Void
  ) throws -> ErrorKind? {
    let ends = try Link.unix.ends()
    let other = Background(Descriptor(owning: try duplicate(ends.receiver.number))) { descriptor in
      try peer(descriptor)
    }
    var stream = MessageStream(Descriptor(owning: try duplicate(ends.sender.number)), framing: .multiprocessing)
    _ = consume ends
    let kind = kind { try stream.authenticate(role, key: key, until: .after(time)) }
    // The peer that waits for our end gets it.
    _ = consume stream
    try other.value()
    return kind
  }

  private func duplicate(_ number: Int32) throws -> Int32 {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    try #require(copy >= 0)
    return copy
  }

  @Test("Two sides with the same key know each other", arguments: roles)
  func same(role: Authentication.Role) throws {
    let other: Authentication.Role = role == .accepting ? .connecting : .accepting
    #expect(
      try outcome(role) { descriptor in
        var stream = MessageStream(Descriptor(owning: dup(descriptor.number)), framing: .multiprocessing)
        try stream.authenticate(other, key: secret)
      } == nil)
  }

  @Test("With different keys both fail", arguments: roles)
  func different(role: Authentication.Role) throws {
    let other: Authentication.Role = role == .accepting ? .connecting : .accepting
    let own = try outcome(role) { descriptor in
      var stream = MessageStream(Descriptor(owning: dup(descriptor.number)), framing: .multiprocessing)
      #expect(kind { try stream.authenticate(other, key: Array("wrong".utf8)) } == .authentication)
    }
    #expect(own == .authentication)
  }

  @Test("A silent peer is a timeout", arguments: roles)
  func silent(role: Authentication.Role) throws {
    #expect(try outcome(role, within: .milliseconds(30), waitForEnd) == .timeout)
  }

  @Test("A peer that stops in the middle of a message is a timeout", arguments: roles)
  func stops(role: Authentication.Role) throws {
    #expect(
      try outcome(role, within: .milliseconds(30)) { descriptor in
        // The other side may have lost its patience already.
        try? descriptor.write(([0, 0, 0, 31] + Array("#CHALL".utf8)).span)
        try waitForEnd(descriptor)
      } == .timeout)
  }

  @Test(
    "A peer that hangs up did not authenticate itself",
    arguments: roles, [[], [0, 0], [0, 0, 0, 31] + Array("#CHALLENGE#".utf8)] as [[UInt8]])
  func hangsUp(role: Authentication.Role, said: [UInt8]) throws {
    #expect(try outcome(role) { try $0.write(said.span) } == .authentication)
  }

  @Test("Bytes that are no frames are no authentication", arguments: roles)
  func negative(role: Authentication.Role) throws {
    #expect(
      try outcome(role) { descriptor in
        try descriptor.write(([0xff, 0xff, 0xff, 0xfe] as [UInt8]).span)
        try waitForEnd(descriptor)
      } == .authentication)
  }

  @Test(
    "A message over 256 bytes is too large before it has come", arguments: roles,
    [[0, 0, 1, 1], [0x7f, 0xff, 0xff, 0xff], Array("GET / HTTP/1.1\r\n".utf8)] as [[UInt8]])
  func tooLarge(role: Authentication.Role, header: [UInt8]) throws {
    #expect(
      try outcome(role) { descriptor in
        try descriptor.write(header.span)
        try waitForEnd(descriptor)
      } == .tooLarge)
  }

  @Test("One of 256 bytes is read", arguments: roles)
  func largest(role: Authentication.Role) throws {
    #expect(
      try outcome(role) { descriptor in
        try descriptor.write(frame([UInt8](repeating: 0x20, count: 256)).span)
        try waitForEnd(descriptor)
      } == .authentication)
  }

  @Test("An empty key is a mistake", arguments: roles)
  func emptyKey(role: Authentication.Role) throws {
    #expect(try outcome(role, key: [], waitForEnd) == .usage)
    #expect(kind { _ = try MultiprocessingListener(.tcp(port: 0), key: []) } == .usage)
  }

  @Test("What follows the handshake at once is not lost, and may be large")
  func followsAtOnce() throws {
    let listener = try MultiprocessingListener(.tcp(port: 0), key: secret)
    let address = listener.address
    let message = [UInt8](repeating: 7, count: 1000)
    let client = Background {
      var connection = try MultiprocessingClient.connect(to: address, key: secret)
      try connection.sendBytes(message)
      #expect(try connection.receiveBytes() == message)
    }
    var connection = try listener.accept()
    #expect(try connection.receiveBytes() == message)
    try connection.sendBytes(message)
    try client.value()
  }

  @Test("A listener goes on after a peer that is silent, or has another key")
  func goesOn() throws {
    let listener = try MultiprocessingListener(.tcp(port: 0), key: secret, handshakeTime: .milliseconds(30))
    let address = listener.address
    let silent = try Descriptor.connected(to: address)
    #expect(kind { _ = try listener.accept() } == .timeout)
    _ = consume silent
    let client = Background {
      #expect(kind { _ = try MultiprocessingClient.connect(to: address, key: [1]) } == .authentication)
    }
    #expect(kind { _ = try listener.accept() } == .authentication)
    try client.value()
  }
}

/// Reads until the other side hangs up.
@Sendable private func waitForEnd(_ descriptor: borrowing Descriptor) throws {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let deadline = Deadline.after(ChildProgram.patience)
  do {
    while try buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0, until: deadline) }) > 0 {}
  } catch let error as EndpointError where error.kind == .reset {
    // It did not want to read everything.
  }
}
