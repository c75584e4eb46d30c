import CPlatform
import Cases
import Endpoints
import Foundation

/// One connection: whoever started the tap, and a program that the tap starts and stands in for.
final class ProgramArrival: Arrivals {
  private var pair: (client: ProgramEnd, server: ProgramEnd)?
  let places: (listen: String, connect: String)
  let process: pid_t

  /// Starts the program: its standard input and output lead through the tap, everything else is its starter's.
  ///
  /// - Parameters:
  ///   - path: the program's path.
  ///   - command: its arguments, the name by which it is called first.
  ///   - inherited: the descriptors above 2 that it inherits.
  /// - Throws: a ``HarnessError`` that names the program.
  init(_ path: String, _ command: [String], inheriting inherited: [Int32]) throws(HarnessError) {
    places = ("standard streams", command.joined(separator: " "))
    do {
      let input = try Descriptor.pipe()
      let output = try Descriptor.pipe()
      process = try Self.start(path, command, inherited, input.reader.number, output.writer.number)
      let client = ProgramEnd(reader: Self.own(0, O_RDONLY), writer: Self.own(1, O_WRONLY))
      _ = parley_set_nonblocking(input.writer.number, true)
      _ = parley_set_nonblocking(output.reader.number, true)
      let reading = try Descriptor.duplicate(of: output.reader.number)
      let writing = try Descriptor.duplicate(of: input.writer.number)
      pair = (client, ProgramEnd(reader: reading, writer: writing))
    } catch let error as EndpointError {
      throw HarnessError(error.message)
    } catch let error as HarnessError {
      throw error
    } catch {
      throw HarnessError("\(error)")
    }
  }

  var number: Int32? { nil }
  var isOver: Bool { pair == nil }
  func wakeTime(at now: Duration) -> Duration? { pair == nil ? nil : now }
  func closed(_ connection: TappedConnection) {}

  func next(_ number: Int, at now: Duration) -> Arrival {
    guard let (client, server) = pair else { return .nobody }
    pair = nil
    return .connection(client: client, server: server, isConnecting: false)
  }

  /// A standard stream as the tap's own, which never blocks.
  ///
  /// The flag belongs to the open file, which others hold too; so it is opened anew where the system can, and nobody notices.
  private static func own(_ number: Int32, _ flags: Int32) -> Descriptor? {
    var copy: Int32 = -1
    if !parley_is_socket(number) { copy = parley_open("/dev/fd/\(number)", flags | O_NONBLOCK | O_NOCTTY, 0) }
    if copy < 0 {
      copy = parley_duplicate(number, 3)
      _ = parley_set_nonblocking(copy, true)
    }
    guard copy >= 0 else { return nil }
    // Nobody else must hold it open here: the other side waits for its end.
    let nothing = parley_open("/dev/null", O_RDWR, 0)
    if nothing >= 0 {
      dup2(nothing, number)
      close(nothing)
    }
    return Descriptor(owning: copy)
  }

  private static func start(
    _ path: String, _ command: [String], _ inherited: [Int32], _ input: Int32, _ output: Int32
  ) throws(HarnessError) -> pid_t {
    let arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let nothing = parley_open("/dev/null", O_RDWR, 0)
    defer { close(nothing) }
    let highest = inherited.max() ?? 2
    let descriptors: [Int32] =
      [input, output, 2] + (highest > 2 ? (3...highest).map { inherited.contains($0) ? $0 : nothing } : [])
    var process: pid_t = 0
    let code = path.withCString { path in
      arguments.withUnsafeBufferPointer { arguments in
        descriptors.withUnsafeBufferPointer { descriptors in
          var request = parley_spawn_request(
            program: path, arguments: arguments.baseAddress, environment: environ, directory: nil,
            descriptors: descriptors.baseAddress, descriptor_count: Int32(descriptors.count), own_session: false,
            dies_with_parent: true)
          return parley_spawn(&request, &process)
        }
      }
    }
    guard code == 0 else {
      throw HarnessError("Cannot start \(command.joined(separator: " ")): \(String(cString: strerror(code))).")
    }
    return process
  }

  /// The descriptors above 2 that this process was started with and that a program it starts would inherit.
  package static func inheritedDescriptors() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { number in
      guard number > 2, number < 256 else { return false }
      let flags = fcntl(number, F_GETFD)
      return flags >= 0 && flags & FD_CLOEXEC == 0
    }.sorted()
  }
}
