import CPlatform
import Cases
import Foundation
import Journal

/// A conversation with an endpoint on a terminal: commands pass through, and below each reply stands what it says.
struct DriveSession {
  /// The adapter's name.
  let name: String
  /// What starts its endpoint.
  let command: [String]

  /// What `help` answers.
  var help: String {
    """
    A command is a line, verb key=value key=value. A payload is in hexadecimal, a blank in a value is %20. The verbs:
      hello
      open channel=c transport=unix role=listen address=/tmp/a framing=line
      accept channel=c
      receive channel=c
      send channel=c payload=68656c6c6f
      close channel=c
      reset
    and echo, ping, layout and call, if hello names them under features=. hello also names the transports and framings.
    Example: type the first three here. accept waits for a peer; so type in another terminal, after parley drive python:
      open channel=c transport=unix role=connect address=/tmp/a framing=line
      send channel=c payload=68656c6c6f
    Then receive here. interop/PROTOCOL.md describes the rest. Ctrl-D ends it.
    With a history of what was typed: rlwrap parley drive \(name)

    """
  }

  /// Talks until the endpoint has ended.
  ///
  /// - Returns: its exit status; 128 and the signal's number if it was killed.
  /// - Throws: ``HarnessError`` if it cannot be started.
  func run() throws -> Int32 {
    parley_ignore_broken_pipe()
    var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard parley_pipe(&input) == 0, parley_pipe(&output) == 0 else {
      throw HarnessError("Cannot make a pipe: \(String(cString: strerror(errno))).")
    }
    let child = try start(reading: input[0], writing: output[1])
    close(input[0])
    close(output[1])
    let commands = input[1]
    let thread = Thread { feed(commands) }
    thread.start()
    show(output[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private func start(reading input: Int32, writing output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // SIGPIPE is ignored here, and an endpoint must decide about it for itself.
    var restored = sigset_t()
    sigemptyset(&restored)
    sigaddset(&restored, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &restored)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, command[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else {
      throw HarnessError("Cannot start \(command.joined(separator: " ")): \(String(cString: strerror(code))).")
    }
    return child
  }

  /// Gives the endpoint what is typed, and its end when that ends.
  private func feed(_ endpoint: Int32) {
    var rest: [UInt8] = []
    while let bytes = Self.read(0) {
      rest += bytes
      while let end = rest.firstIndex(of: 0x0a) {
        let line = rest[...end]
        if String(decoding: line.dropLast(), as: UTF8.self).trimmingCharacters(in: .whitespaces) == "help" {
          FileHandle.standardOutput.writeReport(help)
        } else {
          Self.write(line, to: endpoint)
        }
        rest.removeSubrange(...end)
      }
    }
    Self.write(rest[...], to: endpoint)
    close(endpoint)
  }

  /// Shows replies until the endpoint writes no more.
  private func show(_ endpoint: Int32) {
    var rest: [UInt8] = []
    while let bytes = Self.read(endpoint) {
      rest += bytes
      while let end = rest.firstIndex(of: 0x0a) {
        let line = rest[..<end]
        let meaning = ReadableReply.text(line).map { "  \($0)\n" } ?? ""
        FileHandle.standardOutput.writeReport("\(String(decoding: line, as: UTF8.self))\n\(meaning)")
        rest.removeSubrange(...end)
      }
    }
    if !rest.isEmpty { FileHandle.standardOutput.writeReport("\(String(decoding: rest, as: UTF8.self))\n") }
  }

  private static func read(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      return count > 0 ? buffer[..<count] : nil
    }
  }

  /// An endpoint that is gone takes nothing more, and that is seen at its output.
  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
