import CPlatform
package import Cases
import Endpoints
import Foundation

/// Runs a program to completion and keeps its output: builds, version queries, digests.
package enum Tool {
  package struct Result {
    package var status: ProcessEnd?
    package var output: String
    /// Whether it exited with status 0.
    package var isSuccess: Bool { status == .exited(0) }
  }

  /// Runs a command.
  ///
  /// - Parameters:
  ///   - command: the program's absolute path and its arguments.
  ///   - directory: the working directory.
  ///   - seconds: the timeout in seconds, after which it is killed and the result's status is nil.
  ///   - environment: its environment, with the run's mark if it belongs to a run; nil for this process's own.
  /// - Throws: ``HarnessError`` if it cannot be started, or the run is interrupted; it is killed then.
  /// - Returns: how it ended, and the first and last 32 KiB of its standard output and standard error together.
  package static func run(
    _ command: [String], in directory: String, seconds: Double, environment: [String: String]? = nil
  ) throws(HarnessError) -> Result {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard nothing >= 0 else { throw HarnessError("Cannot open /dev/null.") }
    let input = Descriptor(owning: nothing)
    let pipe: Descriptor.Pipe
    do {
      pipe = try Descriptor.pipe()
    } catch {
      throw HarnessError("Cannot run \(command[0]): \(error.message)")
    }
    let reader = Descriptor(owning: parley_duplicate(pipe.reader.number, 0))
    let process = try spawn(command, input, pipe, directory, environment)
    var tail = HeadAndTail(limit: 32 << 10)
    let deadline = ContinuousClock.now + .seconds(seconds)
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      var entries = [
        pollfd(fd: reader.number, events: Int16(POLLIN), revents: 0),
        // A negative number is ignored.
        pollfd(fd: parley_interrupt_descriptor(), events: Int16(POLLIN), revents: 0),
      ]
      let rest = (deadline - .now) / .milliseconds(1)
      guard rest > 0 else {
        process.kill()
        return Result(status: nil, output: tail.text)
      }
      guard poll(&entries, 2, Int32(min(rest.rounded(.up), 1e9))) > 0 else { continue }
      if entries[1].revents != 0 {
        process.kill()
        throw HarnessError("Interrupted during \(command.joined(separator: " ")).", isInterruption: true)
      }
      let count = read(reader.number, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      tail.append(buffer[..<count])
    }
    let status = process.wait(seconds: max(0, (deadline - .now) / .seconds(1)))
    if status == nil { process.kill() }
    return Result(status: status, output: tail.text)
  }

  private static func spawn(
    _ command: [String], _ input: borrowing Descriptor, _ pipe: consuming Descriptor.Pipe, _ directory: String,
    _ environment: [String: String]?
  ) throws(HarnessError) -> ChildProcess {
    let output = pipe.writer.number
    return try ChildProcess(
      command, descriptors: [input.number, output, output],
      environment: environment ?? ProcessInfo.processInfo.environment, directory: directory)
  }
}
