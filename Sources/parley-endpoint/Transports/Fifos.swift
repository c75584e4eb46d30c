import Endpoints

/// FIFOs, which another process has created.
struct Fifos: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    let path = try opening.path()
    let descriptor =
      opening.role.isReceiver ? try Fifo.openForReading(path) : try Fifo.openForWriting(path)
    return try StreamChannel(descriptor, opening)
  }
}
