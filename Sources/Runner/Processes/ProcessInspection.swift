import Cases
import Foundation

/// Reads what a process is doing from `/proc`, when a conversation hangs.
enum ProcessInspection {
  /// The state of a process.
  ///
  /// - Parameters:
  ///   - process: the process id.
  ///   - fifoFolder: the folder of the case's FIFOs, to find one opened for both directions; nil skips this.
  /// - Returns: the state; nil if the system does not report it.
  static func state(of process: Int32, fifoFolder: String? = nil) -> ProcessState? {
    guard let letter = letter(of: process) else { return nil }
    let call = systemCall(of: process)
    return ProcessState(
      letter: letter, systemCall: call?.name,
      waitsForCommand: call?.name == "read" && call?.first == 0,
      holdsFifoBothWays: fifoFolder.map { holdsFifoBothWays(process, in: $0) } ?? false)
  }

  /// Whether a process has a FIFO in a folder open for both reading and writing.
  static func holdsFifoBothWays(_ process: Int32, in folder: String) -> Bool {
    (Ledger.descriptors(of: process) ?? []).contains { number in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(number)")
      guard target?.hasPrefix("\(folder)/") ?? false, let target, isFifo(target) else { return false }
      let line = text("/proc/\(process)/fdinfo/\(number)")?.split(separator: "\n").first { $0.hasPrefix("flags:") }
      let flags = line?.split(separator: "\t").last.flatMap { Int32($0, radix: 8) }
      return flags.map { $0 & O_ACCMODE == O_RDWR } ?? false
    }
  }

  /// Whether a path is a FIFO.
  static func isFifo(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Whether a process is in the middle of `execve`: it has the new program's memory and no environment yet.
  ///
  /// - Parameter process: the process id.
  /// - Returns: false too for a zombie, for a thread of the kernel, and if the system does not tell.
  static func isStarting(_ process: Int32) -> Bool {
    guard let line = text("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { return false }
    // From the third field on: the state; the 23rd is the size of the memory, the 26th the code's start. Of a process
    // that may not be inspected, the system reports 1 for that.
    let fields = line[end...].split(separator: " ").dropFirst()
    let first = fields.startIndex - 3
    guard fields.count > 23 else { return false }
    return !["Z", "X"].contains(fields[first + 3]) && fields[first + 23] != "0" && fields[first + 26] == "0"
  }

  /// The state's letter, which follows the program's name; that may contain spaces and parentheses.
  private static func letter(of process: Int32) -> Character? {
    guard let line = text("/proc/\(process)/stat"), let end = line.lastIndex(of: ")") else { return nil }
    return line[end...].dropFirst(2).first
  }

  /// A process's current system call and its first argument; nil if it is running or the system does not report it.
  private static func systemCall(of process: Int32) -> (name: String, first: Int)? {
    let words = text("/proc/\(process)/syscall")?.split(separator: " ") ?? []
    guard words.count > 1, let number = Int(words[0]), let name = names[number] else { return nil }
    return (name, Int(words[1].dropFirst(2), radix: 16) ?? -1)
  }

  private static func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8)).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  /// The blocking system calls by number on this architecture (`asm/unistd_64.h`, or the generic table on arm64).
  private static let names: [Int: String] = {
    #if arch(x86_64)
    [
      0: "read", 1: "write", 2: "open", 7: "poll", 19: "readv", 20: "writev", 23: "select", 34: "pause",
      35: "nanosleep", 42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg",
      61: "wait4", 128: "rt_sigtimedwait", 202: "futex", 230: "clock_nanosleep", 232: "epoll_wait", 257: "openat",
      270: "pselect6", 271: "ppoll", 281: "epoll_pwait", 288: "accept4",
    ]
    #elseif arch(arm64)
    [
      56: "openat", 63: "read", 64: "write", 65: "readv", 66: "writev", 72: "pselect6", 73: "ppoll",
      98: "futex", 101: "nanosleep", 115: "clock_nanosleep", 22: "epoll_pwait", 202: "accept", 203: "connect",
      206: "sendto", 207: "recvfrom", 211: "sendmsg", 212: "recvmsg", 242: "accept4", 260: "wait4",
    ]
    #else
    [:]
    #endif
  }()
}
