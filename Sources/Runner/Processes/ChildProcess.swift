import CPlatform
package import Cases
import Endpoints
import Foundation

/// A child process in its own process group.
///
/// When this object is released, the group is killed and the process is reaped.
package final class ChildProcess {
  package let id: Int32
  private var exitDescriptor: Descriptor?
  package private(set) var status: ProcessEnd?
  package private(set) var peakMemory = 0

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: the program's absolute path and its arguments.
  ///   - descriptors: the descriptors that become 0, 1, 2 and so on in the child; it inherits no others.
  ///   - environment: its complete environment.
  ///   - directory: its working directory.
  ///   - ownSession: whether it gets its own session, and ignores the signals that ask a process to end.
  /// - Throws: ``HarnessError`` that names the program.
  package init(
    _ command: [String], descriptors: [Int32], environment: [String: String], directory: String?,
    ownSession: Bool = false
  ) throws(HarnessError) {
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var id: pid_t = 0
    let code = command[0].withCString { program in
      (directory ?? ".").withCString { directory in
        var request = parley_spawn_request(
          program: program, arguments: nil, environment: nil, directory: directory, descriptors: nil,
          descriptor_count: Int32(descriptors.count), own_session: ownSession, dies_with_parent: false)
        return arguments.withUnsafeBufferPointer { arguments in
          variables.withUnsafeBufferPointer { variables in
            descriptors.withUnsafeBufferPointer { descriptors in
              request.arguments = arguments.baseAddress
              request.environment = variables.baseAddress
              request.descriptors = descriptors.baseAddress
              return parley_spawn(&request, &id)
            }
          }
        }
      }
    }
    guard code == 0 else {
      throw HarnessError(
        "Cannot start \(command.joined(separator: " ")): \(String(cString: strerror(code))).\(Self.cure(code))")
    }
    self.id = id
    let pidfd = parley_pidfd_open(id)
    exitDescriptor = pidfd >= 0 ? Descriptor(owning: pidfd) : nil
  }

  /// What to do about an error of starting a program.
  private static func cure(_ code: Int32) -> String {
    switch code {
    case ENOENT, EACCES, ENOEXEC, ENOTDIR, ELOOP: " Is it executable, and its interpreter installed?"
    case EMFILE, ENFILE: " Raise the limit of open files with ulimit -n."
    case EAGAIN, ENOMEM: " The system has too many processes or too little memory."
    default: ""
    }
  }

  deinit { kill() }

  /// The descriptor that polls readable when the process ends; nil if the system has none or the process was reaped.
  package var exitNumber: Int32? { status == nil ? exitDescriptor?.number : nil }

  /// Waits for the process to exit.
  ///
  /// - Parameter seconds: the timeout in seconds.
  /// - Returns: how it ended, or nil at the timeout. If it ended, its process group has been killed too.
  package func wait(seconds: Double) -> ProcessEnd? {
    if let status { return status }
    guard let number = exitDescriptor?.number else { return waitByPolling(seconds: seconds) }
    let deadline = ContinuousClock.now + .seconds(seconds)
    repeat {
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      let rest = max(0, (deadline - .now) / .milliseconds(1))
      let count = poll(&entry, 1, Int32(rest.rounded(.up)))
      if count > 0 { return reap() }
    } while ContinuousClock.now < deadline
    return nil
  }

  /// Sends `SIGTERM` to the process group.
  package func terminate() { signal(SIGTERM) }

  /// Sends a signal to the process group.
  package func signal(_ number: Int32) {
    if status == nil { Foundation.kill(-id, number) }
  }

  /// Sends `SIGKILL` to the process group and reaps the process.
  package func kill() {
    if status == nil { _ = reap() }
  }

  private func reap() -> ProcessEnd {
    // Until the process is reaped, no other group can get its id.
    Foundation.kill(-id, SIGKILL)
    var raw: Int32 = 0
    var usage = rusage()
    while wait4(id, &raw, 0, &usage) < 0 && errno == EINTR {}
    #if os(Linux)
    peakMemory = Int(usage.ru_maxrss) * 1024
    #else
    peakMemory = Int(usage.ru_maxrss)
    #endif
    let signal = raw & 0x7f
    let ended: ProcessEnd = signal == 0 ? .exited(raw >> 8 & 0xff) : .killed(signal: signal)
    status = ended
    return ended
  }

  private func waitByPolling(seconds: Double) -> ProcessEnd? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    repeat {
      var state = siginfo_t()
      if waitid(P_PID, id_t(id), &state, WEXITED | WNOHANG | WNOWAIT) == 0, state.si_signo != 0 { return reap() }
      usleep(1000)
    } while ContinuousClock.now < deadline
    return nil
  }
}
