import Endpoints
import WireFormats

/// The notes' memory-mapped slots.
struct FileSlots: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let path = try opening.path()
    let slot = opening.role.isReceiver ? try FileSlot(reading: path) : try FileSlot(writing: path)
    return SlotChannel(slot, opening.direction)
  }
}

/// A slot, which holds the text written last.
final class SlotChannel: Channel {
  let direction: Direction
  private let slot: FileSlot

  init(_ slot: consuming FileSlot, _ direction: Direction) {
    self.slot = slot
    self.direction = direction
  }

  func send(_ message: Span<UInt8>) throws(EndpointError) { try slot.write(message) }

  func receive(until deadline: Deadline?, _ body: (Span<UInt8>) -> Void) throws(EndpointError) {
    let text = try slot.read()
    body(text.span)
  }
}
