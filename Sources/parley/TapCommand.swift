import ArgumentParser
import CPlatform
import Cases
import Endpoints
import Foundation
import Journal
import Runner
import Tap
import WireFormats

/// The command `parley tap`.
struct TapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap", abstract: "Sit between two programs of your own: show what they say, record it, disturb it.",
    usage: """
      parley tap --listen ADDRESS --connect ADDRESS [options]
      parley tap --fifo IN OUT [options]
      parley tap --output FILE [options] -- COMMAND ...
      """,
    discussion: TapCommand.explanation)

  static let explanation = """
    Example: parley tap --listen /tmp/tap.sock --connect /run/app.sock
    Then let the client connect to /tmp/tap.sock. Every message is shown as it goes by, and the bytes pass unchanged and at once.
    An ADDRESS is a path, @name, 127.0.0.1:PORT, seqpacket:PATH, datagram:PATH or dotnet-pipe:NAME.
    With --fifo the writer writes to IN, which is made if it is not there, and the reader reads from OUT.
    With -- COMMAND the tap stands in for a program that talks over its standard input and output: start parley in its place.
    Faults for --deliver: one-byte-at-a-time, corrupt:5, cut:4,9, hold:8, replace:HEX, reset:8, stall:8,500ms, truncate:8.
    With --json each line is an object with the key event: tap-started, connected, verdict, message, chunk, wrong, unseen, \
    descriptors, ended, reset, failed, closed, lines-missing or tap-ended. connection counts from 1, from is client or server, time is \
    in seconds since the start, offset counts the bytes of a direction. A message has length, content, bytes in hex (the first 4096), \
    and value as tokens or text.
    Descriptors that are passed over Unix sockets are passed on. A server that asks who its peer is gets the tap's process id.
    Exit status: 0 when Ctrl-C or SIGTERM ended it, 2 wrong usage, 3 if it could not be put in place; with -- COMMAND that of the command.
    """

  @Option(help: ArgumentHelp("Where the client connects to.", valueName: "address"))
  var listen: String?

  @Option(help: ArgumentHelp("Where the server listens.", valueName: "address"))
  var connect: String?

  @Option(parsing: .upToNextOption, help: ArgumentHelp("The writer's FIFO and the reader's.", valueName: "in out"))
  var fifo: [String] = []

  @OptionGroup var reading: ReadingOptions

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Show whole messages, up to 256 KiB each, instead of their first 240 characters.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "Write the lines to a file or descriptor (/dev/fd/3) instead of standard output.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Record all bytes as JSON Lines, for parley identify.", valueName: "file"))
  var record: String?

  @OptionGroup var delivery: DeliveryOptions

  @Argument(parsing: .postTerminator, help: ArgumentHelp("The program to stand in for.", valueName: "command"))
  var command: [String] = []

  func run() throws {
    // Before anything else is opened.
    let inherited = TapPlace.inheritedDescriptors()
    let place = try place(inherited)
    let view = TapView(framing: try reading.chosenFraming(), codec: try reading.chosenCodec())
    let fault = try delivery.choice(framing: try reading.chosenFraming())
    _ = parley_raise_descriptor_limit()
    let lines = try output.map { path in try Self.open(path, "the output") } ?? (command.isEmpty ? STDOUT_FILENO : nil)
    let recording = try record.map { path in try Self.open(path, "the recording") }
    let stops = command.isEmpty
    let numbers =
      stops ? [SIGINT, SIGTERM, SIGHUP] : [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGCHLD]
    let signals = parley_catch_signals(numbers, Int32(numbers.count))
    guard signals >= 0 else { throw HarnessError("Cannot catch signals: \(String(cString: strerror(errno))).") }
    let isColoured = lines.map { isatty($0) == 1 } ?? false && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    let form: TapReporter.Form =
      json ? .json : .text(TextForm(isColoured: isColoured, longest: full ? FrameWalker.longestKept : 240))
    let reporter: TapReporter
    do {
      reporter = try TapReporter(output: lines, form: form, view: view, recording: recording)
    } catch {
      throw HarnessError(error.message)
    }
    let end: TapLoop.End
    do {
      let loop = try place.open(fault: fault, signals: signals, observer: reporter)
      end = loop.run()
      loop.close()
    } catch {
      reporter.abandon()
      throw error
    }
    let problems = reporter.finish()
    // Of a program that it stands in for, everything on standard error is the program's own.
    if case .program(let status) = end { try Self.finish(as: status) }
    for problem in problems { Status.complain(problem) }
    if !problems.isEmpty { throw ExitCode(Status.harness) }
  }

  private func place(_ inherited: [Int32]) throws -> TapPlace {
    let chosen = [listen != nil || connect != nil, !fifo.isEmpty, !command.isEmpty].count { $0 }
    guard chosen == 1 else {
      throw ValidationError(
        chosen == 0
          ? "Between which programs? Give --listen ADDRESS and --connect ADDRESS, --fifo IN OUT, or -- COMMAND."
          : "--listen with --connect, --fifo and -- COMMAND exclude each other; give one of them.")
    }
    if !fifo.isEmpty {
      guard fifo.count == 2 else {
        throw ValidationError("--fifo needs two paths: the writer's FIFO and the reader's.")
      }
      guard fifo[0] != fifo[1] else {
        throw ValidationError("--fifo needs two different FIFOs; the tap is between them.")
      }
      return .fifos(from: fifo[0], to: fifo[1])
    }
    if let program = command.first {
      guard output != nil || record != nil else {
        throw ValidationError(
          "The command's standard output is the channel, so give --output FILE for the messages, or --record FILE.")
      }
      guard let path = ProgramPath.resolve(program, in: FileManager.default.currentDirectoryPath) else {
        throw HarnessError("Cannot find the program \(program); check its name, or give its path.")
      }
      return .program(path: path, command: command, inherited: inherited)
    }
    guard let listen, let connect else {
      throw ValidationError(
        "\(listen == nil ? "--connect needs --listen ADDRESS: where the client connects to." : "--listen needs --connect ADDRESS: where the server listens.")"
      )
    }
    let (front, back) = (try TapAddress(listen, option: "--listen"), try TapAddress(connect, option: "--connect"))
    guard front.kind == back.kind else {
      throw ValidationError(
        "\(listen) and \(connect) do not carry the same: streams, packets and datagrams do not mix.")
    }
    guard front.socket != back.socket else {
      throw ValidationError(
        "--listen and --connect are the same address; let the client use another one than the server's.")
    }
    if front.kind != .stream, delivery.fault != nil {
      throw ValidationError("--deliver changes streams; packets and datagrams keep their bounds.")
    }
    return .sockets(listen: front, connect: back)
  }

  private static func open(_ path: String, _ what: String) throws(HarnessError) -> Int32 {
    let number = parley_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    guard number >= 0 else {
      throw HarnessError(
        "Cannot write \(what) \(path): \(String(cString: strerror(errno))). Choose a path that can be written.")
    }
    return number
  }

  /// Ends this process as the program ended.
  private static func finish(as status: Int32) throws {
    let signal = status & 0x7f
    if signal != 0 { parley_die_by(signal) }
    throw ExitCode(signal == 0 ? status >> 8 & 0xff : 128 + signal)
  }
}
