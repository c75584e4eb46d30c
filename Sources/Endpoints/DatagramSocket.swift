import CPlatform
public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Messages over a Unix datagram socket (`SOCK_DGRAM`): one way, from any number of senders to one receiver.
///
/// Use it for events that many processes report to one. The system keeps the bounds and loses nothing: a sender waits while
/// the receiver's queue is full, which on Linux has room for 11 messages unless configured otherwise
/// (`net.unix.max_dgram_qlen`). There is no connection: nobody is accepted, an empty message is a message, and the receiver
/// does not see senders come and go, so there is no end of the stream.
///
/// ```swift
/// let receiver = try DatagramSocket(receivingAt: .unix(path: "/tmp/events.sock"))
/// let sender = try DatagramSocket(sendingTo: .unix(path: "/tmp/events.sock"))
/// try sender.send(Array("hello".utf8).span)
/// let event = try receiver.receive()
/// ```
public struct DatagramSocket: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private let file: SocketFile?
  private let isReceiver: Bool
  private let limit: Int

  /// Binds the receiving socket; senders may come at once.
  ///
  /// A stale socket file, which nobody has bound any more, is replaced. The file is removed with this value, unless somebody
  /// has put another in its place.
  ///
  /// - Parameters:
  ///   - address: where to receive, a Unix socket.
  ///   - limit: the largest message to accept, in bytes.
  /// - Throws: ``EndpointError``: `exists` where somebody has the address or the path is no socket, `usage` for a path that is
  ///   too long or a TCP address, `denied`, `missing` for a missing folder. A stale socket file is not an error.
  public init(receivingAt address: SocketAddress, limit: Int = Framing.defaultLimit) throws(EndpointError) {
    try Self.check(address)
    let descriptor = try Descriptor.datagramSocket()
    file = try SocketFile.binding(descriptor, to: address)
    self.descriptor = descriptor
    isReceiver = true
    self.limit = limit
  }

  /// Connects a sending socket to a receiver.
  ///
  /// - Parameters:
  ///   - address: where somebody receives, a Unix socket.
  ///   - limit: the largest message to send, in bytes. The system's own limit is lower, some 200 KiB on Linux and 2 KiB on macOS.
  /// - Throws: ``EndpointError``: `missing` without a socket file, `refused` where nobody has it or where it is a socket of
  ///   another type, `denied`, `usage` for a path that is too long or a TCP address.
  public init(sendingTo address: SocketAddress, limit: Int = Framing.defaultLimit) throws(EndpointError) {
    try Self.check(address)
    parley_ignore_broken_pipe()
    descriptor = try .connectedDatagramSocket(to: address)
    file = nil
    isReceiver = false
    self.limit = limit
  }

  deinit { file?.remove() }

  /// The descriptor's number, for a program of this package that polls it; it stays this value's.
  package var number: Int32 { descriptor.number }

  /// Sends one message as one datagram; waits while the receiver's queue is full.
  ///
  /// - Parameter message: the message; it may be empty.
  /// - Throws: ``EndpointError``: `too-large` above the limit or the system's, `refused` when the receiver is gone, now and
  ///   every time after, `usage` on the receiving side. Then nothing is sent.
  public func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard !isReceiver else { throw EndpointError(.usage, "This socket receives; datagrams go one way.") }
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    let code = message.withUnsafeBytes { sendAll($0) }
    // Of a receiver that is gone Linux tells once; after that the socket is connected to nobody.
    if code != 0 { throw EndpointError(errno: code == ENOTCONN ? ECONNREFUSED : code, during: "sending a datagram") }
  }

  /// Receives one message; waits for it.
  ///
  /// Important: let one thread at a time receive. The system takes the rest of a datagram away that does not fit the memory for
  /// it, so its length is asked first.
  ///
  /// - Parameter deadline: until when to wait; for ever without one.
  /// - Returns: the message, which may be empty.
  /// - Throws: ``EndpointError``: `too-large` before memory is allocated, and then the message is gone and the next one can be
  ///   received; `timeout`; `usage` on the sending side.
  public func receive(until deadline: Deadline? = nil) throws(EndpointError) -> [UInt8] {
    guard isReceiver else { throw EndpointError(.usage, "This socket sends; datagrams go one way.") }
    if let deadline { try descriptor.wait(for: POLLIN, until: deadline, "to send") }
    let size = try waiting { parley_peek_datagram_size(descriptor.number) }
    // Memory of one byte is enough to take away what is not wanted, or has no bytes.
    var message = [UInt8](repeating: 0, count: size > limit ? 1 : max(size, 1))
    let count = try message.withUnsafeMutableBufferPointer { bytes throws(EndpointError) in
      try waiting { recv(descriptor.number, bytes.baseAddress, bytes.count, 0) }
    }
    guard size <= limit else { throw EndpointError(FramingError.tooLarge(length: UInt64(size), limit: limit)) }
    message.removeLast(message.count - count)
    return message
  }

  /// Returns 0 or the errno: a typed error cannot cross the buffer closure.
  private func sendAll(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    while systemSend(descriptor.number, bytes.baseAddress, bytes.count) < 0 {
      switch errno {
      case EINTR: continue
      case EAGAIN: descriptor.wait(for: POLLOUT)
      #if canImport(Darwin)
      // Of a queue that is full the system says only this, without waiting for room.
      case ENOBUFS: usleep(1000)
      #endif
      default: return errno
      }
    }
    return 0
  }

  /// Repeats a call that takes from the socket until it has succeeded.
  private func waiting(_ call: () -> Int) throws(EndpointError) -> Int {
    while true {
      let count = call()
      if count >= 0 { return count }
      if errno == EAGAIN {
        descriptor.wait(for: POLLIN)
      } else if errno != EINTR {
        throw EndpointError(errno: errno, during: "receiving a datagram")
      }
    }
  }

  private static func check(_ address: SocketAddress) throws(EndpointError) {
    if case .tcp = address {
      throw EndpointError(.usage, "Datagrams go over Unix sockets here, and \(address) is a TCP port; use a path.")
    }
  }
}

/// The system call, whose name the method hides.
private func systemSend(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  send(number, bytes, count, 0)
}
