import CPlatform
import Cases
import Endpoints
import Foundation
import Journal

/// Writers of one FIFO whose bytes go to the reader of another, one after the other.
///
/// The reader's FIFO is opened when a writer has written: a reader that opens it waits for that, as it would without the tap. Opened
/// any sooner, it could keep the last reader from seeing that its writer is gone.
final class FifoArrivals: Arrivals {
  let places: (listen: String, connect: String)
  private let file: Leftovers.Entry?
  private var isBusy = false
  /// The tap's end of the writer's FIFO, until somebody writes.
  private var reader: Descriptor?
  /// When to look again for a reader; nil while there is no writer.
  private var retryTime: Duration?

  /// How often a FIFO without a reader is looked at.
  private static let retry = Duration.milliseconds(10)

  /// Checks both FIFOs, and makes the writer's if there is none.
  ///
  /// - Throws: a ``HarnessError`` for what is no FIFO or may not be opened.
  init(from input: String, to output: String) throws(HarnessError) {
    places = (input, output)
    guard Self.isFifo(output) == true else {
      throw HarnessError(
        Self.isFifo(output) == nil
          ? "There is no FIFO \(output), from which the reader reads; make it with mkfifo, or start the reader first."
          : "\(output) is no FIFO; the reader's FIFO is needed here, made with mkfifo.")
    }
    switch Self.isFifo(input) {
    case true?: file = nil
    case false?: throw HarnessError("\(input) is no FIFO; give another path, and the tap makes one there.")
    case nil:
      do {
        file = try Leftovers.adding { () throws(EndpointError) -> Leftovers.Removal? in
          try Fifo.make(at: input)
          guard let node = FileNode(at: input) else { return nil }
          return { if FileNode(at: input) == node { unlink(input) } }
        }
      } catch {
        throw HarnessError(error.message)
      }
    }
    for (path, mode) in [(input, R_OK), (output, W_OK)] where access(path, mode) != 0 {
      throw HarnessError(EndpointError(errno: errno, during: "opening \(path)").message)
    }
  }

  deinit { if let file { Leftovers.remove(file) } }

  var number: Int32? { isBusy || retryTime != nil ? nil : reader?.number }
  var isOver: Bool { false }
  func wakeTime(at now: Duration) -> Duration? { isBusy ? nil : retryTime }
  func closed(_ connection: TappedConnection) { isBusy = false }

  func next(_ number: Int, at now: Duration) -> Arrival {
    guard !isBusy, retryTime.map({ $0 <= now }) ?? true else { return .nobody }
    if reader == nil {
      let opened = parley_open(places.listen, O_RDONLY | O_NONBLOCK, 0)
      guard opened >= 0 else {
        let reason = EndpointError(errno: errno, during: "opening \(places.listen)").message
        retryTime = now + .seconds(1)
        return .failure(reason)
      }
      reader = Descriptor(owning: opened)
    }
    retryTime = nil
    guard hasWriter else { return .nobody }
    // Without a reader the system refuses; then it is asked again.
    let writer = parley_open(places.connect, O_WRONLY | O_NONBLOCK, 0)
    guard writer >= 0, let source = reader.take() else {
      retryTime = now + Self.retry
      return .nobody
    }
    isBusy = true
    return .connection(
      client: ProgramEnd(reader: source, writer: nil),
      server: ProgramEnd(reader: nil, writer: Descriptor(owning: writer)), isConnecting: false)
  }

  /// Whether somebody has written, or was there and is gone.
  private var hasWriter: Bool {
    guard let number = reader?.number else { return false }
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// Whether a FIFO is at a path; nil if nothing is.
  private static func isFifo(_ path: String) -> Bool? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFIFO
  }
}
