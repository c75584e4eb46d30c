import Endpoints
import WireFormats

/// Cells in mapped files.
struct FileCells: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let path = try opening.path()
    let cell = opening.role.isReceiver ? try FileCell(reading: path) : try FileCell(writing: path)
    return CellChannel(cell, opening.direction)
  }
}

/// A cell: one message at a time.
final class CellChannel: Channel {
  let direction: Direction
  private var cell: FileCell

  init(_ cell: consuming FileCell, _ direction: Direction) {
    self.cell = cell
    self.direction = direction
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try cell.send(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    if let message = try cell.receive(atMost: deadline?.remaining) { body(message.span) }
  }
}
