import Endpoints
import WireFormats

/// A cell in a mapped file: one message at a time.
final class CellChannel: Channel {
  private var cell: FileCell
  private let limit: Int

  init(_ path: String, isWriter: Bool, limit: Int) throws(EndpointError) {
    cell = isWriter ? try FileCell(writing: path) : try FileCell(reading: path)
    self.limit = limit
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) {
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    try cell.send(message)
  }

  func receive(_ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    guard let message = try cell.receive() else { return }
    guard message.count <= limit else {
      throw EndpointError(FramingError.tooLarge(length: UInt64(message.count), limit: limit))
    }
    body(message.span)
  }
}
