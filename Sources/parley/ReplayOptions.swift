import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// How a case is looked at closely.
struct ReplayOptions: ParsableArguments {
  @Flag(help: "Stop at the first failure. With --repeat, repeat the cases until one fails.")
  var untilFailure = false

  @Flag(help: "Before the case, print both process ids for a debugger and wait for Enter.")
  var attach = false

  @Flag(help: "With --attach, read Enter from standard input even if it is not a terminal.")
  var attachStdin = false

  @Flag(help: "Keep the workspace with its sockets and files, and print its path. Default: remove it.")
  var keep = false

  /// How long a command may take while somebody looks at it in a debugger, in seconds.
  private static let patience = 86_400.0

  func validate() throws {
    if attachStdin, !attach { throw ValidationError("--attach-stdin goes with --attach.") }
  }

  /// Puts the options into those of a run.
  ///
  /// - Throws: a usage error where `--attach` makes no sense.
  func apply(to options: inout MatrixRun.Options, _ plan: Plan, _ interrupt: Int32) throws {
    options.stopsAtFailure = untilFailure
    options.keepsFiles = keep
    guard attach else { return }
    guard plan.entries.count == 1, options.repeatCount == 1 else {
      let cases = plan.entries.count == 1 ? "one case \(options.repeatCount) times" : "\(plan.entries.count) cases"
      throw ValidationError("--attach waits before one case, and these are \(cases); name one, without --repeat.")
    }
    guard attachStdin || isatty(0) == 1 else {
      throw ValidationError(
        "--attach waits for Enter, and standard input is no terminal; add --attach-stdin if it is meant.")
    }
    options.deadline = max(options.deadline, Self.patience)
    options.beforeCase = { ready in
      Status.complain(Self.text(ready), prefix: "")
      Self.waitForEnter(interrupt)
    }
  }

  /// Ends a site; says where its workspace is, if that is kept.
  func close(_ site: Site) {
    site.close()
    if keep { Status.complain("The workspace is kept: \(site.workspace.path); remove it when you are done.") }
  }

  private static func text(_ ready: ReadyCase) -> String {
    var lines = ["\(ready.name) is about to begin: both processes are up, and nothing is open yet."]
    for process in ready.processes {
      lines.append("  \(process.side) \(process.adapter), process \(process.id): \(debugger) -p \(process.id)")
    }
    lines.append("  files: \(ready.folder)")
    if let scope = try? String(contentsOfFile: "/proc/sys/kernel/yama/ptrace_scope", encoding: .utf8),
      scope.first != "0", getuid() != 0
    {
      lines.append("  This system lets only root attach to them: put sudo before the commands.")
    }
    return (lines + ["Press Enter to go on, Ctrl-C to stop."]).joined(separator: "\n")
  }

  private static var debugger: String {
    #if os(Linux)
    "gdb"
    #else
    "lldb"
    #endif
  }

  /// Waits for a line, for the end of standard input, or for an interrupt.
  private static func waitForEnter(_ interrupt: Int32) {
    while true {
      var entries = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&entries, 2, -1)
      if count < 0 && errno == EINTR { continue }
      if count < 0 || entries[1].revents != 0 { return }
      var byte: UInt8 = 0
      let length = read(0, &byte, 1)
      if length == 0 || length < 0 && errno != EINTR || length == 1 && byte == 0x0a { return }
    }
  }
}
