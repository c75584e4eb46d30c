import Foundation
import Testing

/// A tap between a test's own server and its clients.
final class TapRun {
  let folder: TemporaryFolder
  private let run: ParleyRun

  /// Where the client connects.
  var front: String { "\(folder.path)/front" }

  /// Starts a tap and waits until it is in place.
  ///
  /// - Parameters:
  ///   - server: the path at which the server listens.
  ///   - arguments: more options.
  ///   - folder: where the tap listens, at `front`.
  /// - Throws: if it does not start.
  init(before server: String, _ arguments: [String] = [], in folder: TemporaryFolder) throws {
    self.folder = folder
    run = try ParleyRun(["tap", "--listen", "\(folder.path)/front", "--connect", server] + arguments)
    var status = stat()
    while lstat("\(folder.path)/front", &status) != 0 {
      try #require(run.isRunning, "the tap ended early")
      usleep(1000)
    }
    try #require(status.st_mode & 0o777 == 0o600)
  }

  var id: pid_t { run.id }
  var isRunning: Bool { run.isRunning }

  /// Asks it to end.
  func stopped(by signal: Int32 = SIGTERM) throws -> Ended {
    run.send(signal)
    let ended = try run.ended()
    #expect(!FileManager.default.fileExists(atPath: front), "its socket is left")
    return ended
  }

  /// Waits for the end.
  func ended() throws -> Ended { try run.ended() }
}

/// A Unix socket of a test, blocking, that fails after a minute instead of hanging.
struct TestSocket {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
    var time = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Connects to a path.
  static func connected(to path: String, type: __socket_type = SOCK_STREAM) throws -> TestSocket {
    let one = TestSocket(socket(AF_UNIX, Int32(type.rawValue), 0))
    // A socket's file is there a moment before anybody listens.
    for _ in 0..<5000 {
      if withAddress(path, { Glibc.connect(one.number, $0, $1) }) == 0 { return one }
      try #require(errno == ECONNREFUSED, "\(String(cString: strerror(errno)))")
      usleep(1000)
    }
    Issue.record("nobody listens at \(path)")
    return one
  }

  /// Listens at a path.
  static func listening(at path: String, type: __socket_type = SOCK_STREAM) throws -> TestSocket {
    let one = TestSocket(socket(AF_UNIX, Int32(type.rawValue), 0))
    try #require(withAddress(path) { Glibc.bind(one.number, $0, $1) } == 0, "\(String(cString: strerror(errno)))")
    if type != SOCK_DGRAM { try #require(Glibc.listen(one.number, 2048) == 0) }
    return one
  }

  func accept() throws -> TestSocket {
    let peer = Glibc.accept(number, nil, nil)
    try #require(peer >= 0)
    return TestSocket(peer)
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      try #require(count > 0, "\(String(cString: strerror(errno)))")
      rest = rest.dropFirst(count)
    }
  }

  /// What one call reads; empty at the end.
  func receive(_ most: Int = 65536) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = recv(number, &buffer, most, 0)
    try #require(count >= 0, "\(String(cString: strerror(errno)))")
    return Array(buffer[..<count])
  }

  /// Exactly so many bytes.
  func receive(exactly count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try receive(count - bytes.count)
      try #require(!more.isEmpty, "the stream ended after \(bytes.count) of \(count) bytes")
      bytes += more
    }
    return bytes
  }

  func receiveToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while case let more = try receive(), !more.isEmpty { bytes += more }
    return bytes
  }

  func halfClose() { shutdown(number, Int32(SHUT_WR)) }
  func close() { Glibc.close(number) }

  private static func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result)
    -> Result
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
