import CPlatform
import Endpoints
import Foundation

/// The tap's end of what leads to one of the programs.
///
/// One socket for both directions, or a descriptor for each.
final class ProgramEnd {
  /// How bytes are read and written.
  enum Form {
    /// A Unix stream socket, through which descriptors may come.
    case unixSocket
    /// A Unix socket that keeps the bounds of messages; whether it has connections, and so an end.
    case packets(hasEnd: Bool)
    /// A TCP socket.
    case tcp
    /// Pipes, terminals, files.
    case pipes
  }

  let form: Form
  private var socket: Descriptor?
  private var reader: Descriptor?
  private var writer: Descriptor?

  /// An end that is one socket.
  init(_ socket: consuming Descriptor, form: Form) {
    _ = parley_set_nonblocking(socket.number, true)
    self.form = form
    self.socket = consume socket
  }

  /// An end with a descriptor for each direction, which do not block; nil for one that is not there.
  init(reader: consuming Descriptor?, writer: consuming Descriptor?) {
    form = .pipes
    self.reader = reader
    self.writer = writer
  }

  /// What to read from; nil once it is closed.
  var readNumber: Int32? { socket?.number ?? reader?.number }
  /// What to write to; nil once it is closed.
  var writeNumber: Int32? { socket?.number ?? writer?.number }

  var isSocket: Bool { if case .pipes = form { false } else { true } }

  /// Ends the direction to the program.
  func finishSending() {
    if let socket = socket?.number { shutdown(socket, Int32(SHUT_WR)) } else { writer = nil }
  }

  /// Lets the program's writing fail from now on.
  func finishReceiving() {
    if let socket = socket?.number { shutdown(socket, Int32(SHUT_RD)) } else { reader = nil }
  }

  /// Closes it; over TCP with a reset if asked.
  func close(resetting: Bool) {
    if resetting, let number = socket?.number, case .tcp = form { parley_reset_on_close(number) }
    socket = nil
    reader = nil
    writer = nil
  }
}
