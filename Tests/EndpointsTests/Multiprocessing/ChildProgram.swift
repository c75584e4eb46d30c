import CPlatform
import Endpoints
import Foundation
import Synchronization
import WireFormats

/// A program that was started here, with lines to its standard input and from its standard output.
///
/// It is killed when this value goes away, and no wait for it is for ever.
final class ChildProgram: Sendable {
  let id: pid_t
  private let lines: Mutex<MessageStream>
  private let input: Mutex<Descriptor?>
  private let complaints: TemporaryFolder
  /// As the system tells it.
  private let status = Mutex<Int32?>(nil)

  /// How long anything may take on a machine that has other things to do.
  static let patience = Duration.seconds(60)

  /// What its standard input is.
  enum Input: CaseIterable, Sendable {
    case pipe
    case socket
    #if os(Linux)
    case terminal
    #endif
  }

  private let kind: Input

  init(_ command: [String], inheriting descriptors: [Int32] = [], input kind: Input = .pipe) throws {
    self.kind = kind
    let input = try kind.ends()
    let output = try Descriptor.pipe()
    complaints = try TemporaryFolder()
    let log = Descriptor(owning: open(complaints.entry("log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
    let all = [input.receiver.number, output.writer.number, log.number] + descriptors
    let arguments = command.map { strdup($0) } + [nil]
    let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var id: pid_t = 0
    let code = command[0].withCString { program in
      arguments.withUnsafeBufferPointer { arguments in
        variables.withUnsafeBufferPointer { variables in
          all.withUnsafeBufferPointer { all in
            var request = parley_spawn_request(
              program: program, arguments: arguments.baseAddress, environment: variables.baseAddress, directory: nil,
              descriptors: all.baseAddress, descriptor_count: Int32(all.count), own_session: false,
              dies_with_parent: false)
            return parley_spawn(&request, &id)
          }
        }
      }
    }
    guard code == 0 else { throw EndpointError(errno: code, during: "starting \(command[0])") }
    self.id = id
    self.input = Mutex(Descriptor(owning: parley_duplicate(input.sender.number, 3)))
    lines = Mutex(MessageStream(Descriptor(owning: parley_duplicate(output.reader.number, 3)), framing: .line))
  }

  deinit { kill() }

  /// The next line of its output; what it had to complain of if there is none.
  func line() throws -> String {
    let line = try lines.withLock { try $0.receive(until: .after(Self.patience)) }
    guard let line else {
      throw EndpointError(.closed, "The program ended. \(log)")
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Writes a line to it.
  func tell(_ line: String) throws {
    try write(Array("\(line)\n".utf8))
  }

  private func write(_ bytes: [UInt8]) throws {
    try input.withLock { input in
      switch input {
      case .some(let descriptor): try descriptor.write(bytes.span, until: .after(Self.patience))
      case .none: break
      }
    }
  }

  /// Writes a line to it and returns the next of its output.
  func ask(_ line: String) throws -> String {
    try tell(line)
    return try self.line()
  }

  /// What it wrote to its standard error.
  var log: String { (try? content(of: complaints.entry("log"))).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// Ends its input and waits for its end.
  ///
  /// - Returns: its exit status, or -1 if a signal ended it.
  @discardableResult
  func wait() -> Int32 {
    endInput()
    let raw = end()
    return raw & 0x7f == 0 ? raw >> 8 & 0xff : -1
  }

  /// Ends its input.
  func endInput() {
    #if os(Linux)
    // A terminal has no end; Ctrl-D says it.
    if kind == .terminal { return (try? write([4])) ?? () }
    #endif
    input.withLock { $0 = nil }
  }

  /// Waits for its end, and returns the signal that it died of, 0 for none.
  func signal() -> Int32 { end() & 0x7f }

  private func end() -> Int32 {
    status.withLock { status in
      if let status { return status }
      let exit = Descriptor(owning: parley_pidfd_open(id))
      var entry = pollfd(fd: exit.number, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 60_000) <= 0 { Foundation.kill(-id, SIGKILL) }
      let ended = Self.reap(id)
      status = ended
      return ended
    }
  }

  /// Ends it at once.
  func kill() {
    status.withLock { status in
      guard status == nil else { return }
      Foundation.kill(-id, SIGKILL)
      status = Self.reap(id)
    }
  }

  private static func reap(_ id: pid_t) -> Int32 {
    var raw: Int32 = 0
    while waitpid(id, &raw, 0) < 0 && errno == EINTR {}
    return raw
  }

  /// How many descriptors and threads it has.
  var holdings: [String: Int] {
    ["fd", "task"].reduce(into: [:]) { counts, kind in
      counts[kind] = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/\(kind)"))?.count
    }
  }
}

extension ChildProgram.Input {
  fileprivate func ends() throws -> Link.Ends {
    switch self {
    case .pipe: return try Link.pipe.ends()
    case .socket: return try Link.unix.ends()
    #if os(Linux)
    case .terminal:
      let master = Descriptor(owning: open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC))
      var (lock, number): (Int32, Int32) = (0, -1)
      // TIOCSPTLCK and TIOCGPTN: the C library's own calls are not imported.
      guard ioctl(master.number, 0x4004_5431, &lock) == 0, ioctl(master.number, 0x8004_5430, &number) == 0 else {
        throw EndpointError(errno: errno, during: "making a terminal")
      }
      return Link.Ends(
        sender: master, receiver: Descriptor(owning: open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)))
    #endif
    }
  }
}
