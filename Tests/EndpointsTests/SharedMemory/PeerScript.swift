import CPlatform
import Endpoints
import Foundation
import Testing

/// A program with which a test talks in lines; it and all that it starts are gone when the test lets go of it.
///
/// Nothing here waits for ever: each wait ends with an error after a minute.
final class PeerScript {
  let process: pid_t
  private var input: Descriptor?
  private let output: Descriptor
  private let errors: Descriptor
  private var pending: [UInt8] = []
  private var complaints: [UInt8] = []
  private var isReaped = false

  init(_ program: String, _ arguments: [String]) throws {
    let input = try Descriptor.pipe()
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    let words = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let status = program.withCString { program in
      (words + [nil]).withUnsafeBufferPointer { words in
        [input.reader.number, output.writer.number, errors.writer.number].withUnsafeBufferPointer { numbers in
          var request = parley_spawn_request()
          request.program = program
          request.arguments = words.baseAddress
          request.environment = UnsafePointer(environ)
          request.descriptors = numbers.baseAddress
          request.descriptor_count = 3
          return parley_spawn(&request, &child)
        }
      }
    }
    try #require(status == 0, "cannot start \(program): \(String(cString: strerror(status)))")
    process = child
    self.input = try Self.duplicate(input.writer)
    self.output = try Self.duplicate(output.reader)
    self.errors = try Self.duplicate(errors.reader)
  }

  /// Starts one of the scripts beside the tests.
  convenience init(_ python: PeerPython, _ script: String, _ arguments: String...) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Python")
    try self.init(python.program, ["-B", folder.appendingPathComponent("\(script).py").path] + arguments)
  }

  deinit {
    // With its input ended a script cleans up; one that hangs is ended, and the group with it: its resource tracker.
    guard !isReaped, (try? end()) == nil else { return }
    kill(-process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// Outside its module a pipe cannot be taken apart.
  private static func duplicate(_ descriptor: borrowing Descriptor) throws -> Descriptor {
    let number = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 3)
    try #require(number >= 0)
    return Descriptor(owning: number)
  }

  /// Says a line.
  func tell(_ line: String) throws {
    let bytes = Array("\(line)\n".utf8)
    try #require(try input?.write(bytes.span) != nil, "its input is closed")
  }

  /// Says a line, and hears one.
  func ask(_ line: String) throws -> String {
    try tell(line)
    return try hear()
  }

  /// The next line.
  func hear() throws -> String {
    while true {
      if let end = pending.firstIndex(of: 0x0a) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return line
      }
      guard try listen() else { throw Silence(what: "it ended: \(String(decoding: complaints, as: UTF8.self))") }
    }
  }

  /// Ends its input and waits until it is gone, and its resource tracker, which keeps standard error open, as well.
  ///
  /// - Returns: the exit status; what it still said is dropped.
  @discardableResult
  func end() throws -> Int32 {
    input = nil
    while try listen() {}
    var status: Int32 = 0
    waitpid(process, &status, 0)
    isReaped = true
    return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
  }

  /// What it said on standard error.
  var complaint: String { String(decoding: complaints, as: UTF8.self) }

  private var hasOutput = true
  private var hasErrors = true

  /// Takes what comes; false when nothing can come any more.
  private func listen() throws -> Bool {
    guard hasOutput || hasErrors else { return false }
    var entries = [
      pollfd(fd: hasOutput ? output.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: hasErrors ? errors.number : -1, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&entries, 2, 60_000)
    if count < 0 && errno == EINTR { return true }
    guard count > 0 else { throw Silence(what: "it says nothing for a minute") }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    if entries[0].revents != 0 {
      let count = try buffer.withUnsafeMutableBytes { try output.read(into: $0) }
      pending += buffer[..<count]
      hasOutput = count > 0
    }
    if entries[1].revents != 0 {
      let count = try buffer.withUnsafeMutableBytes { try errors.read(into: $0) }
      complaints += buffer[..<count]
      hasErrors = count > 0
    }
    return true
  }

  struct Silence: Error, CustomStringConvertible {
    var what: String
    var description: String { "The script was expected to say a line, and \(what)" }
  }
}
