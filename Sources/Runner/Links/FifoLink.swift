import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// A link over FIFOs: one node for each direction, or two with the tap.
final class FifoLink: Link {
  private let request: LinkRequest
  private var ends: [ChannelName: (source: TapEnd, sink: TapEnd)] = [:]
  /// Descriptors that keep the reader's FIFO open until the reader has opened it, so that its `open` does not block.
  private var holders: [ChannelName: HeldDescriptor] = [:]
  private(set) var relays: [Relay] = []

  private final class HeldDescriptor {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    for name in request.oneWayNames {
      try Fifo.make(at: path(name, LinkRequest.sender(on: name)))
      guard request.isTapped else { continue }
      let reader = LinkRequest.sender(on: name).other
      try Fifo.make(at: path(name, reader))
      let (source, sink) = (TapEnd(isDuplex: false), TapEnd(isDuplex: false))
      source.attach(try Self.open(path(name, reader.other), O_RDONLY | O_NONBLOCK))
      holders[name] = HeldDescriptor(try Self.open(path(name, reader), O_RDWR | O_NONBLOCK))
      ends[name] = (source, sink)
      relays.append(request.relay(from: reader.other, source, sink))
    }
  }

  var opening: [LinkStep] {
    request.oneWayNames.flatMap { name in [.open(.writer, name), .open(.reader, name)] }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    request.openCommand(side, name, role: LinkRequest.role(of: side, on: name), address: path(name, side))
  }

  func opened(_ side: Side, _ name: ChannelName, _ reply: Reply) throws(LinkFault) {
    guard request.isTapped, side != LinkRequest.sender(on: name) else { return }
    do {
      // A write-only descriptor tells the tap when the reader closes its end.
      ends[name]?.sink.attach(try Self.open(path(name, side), O_WRONLY | O_NONBLOCK))
    } catch {
      throw LinkFault(
        side: side, message: "it said that it opened the FIFO for reading, but no process has: \(error.message)")
    }
    holders[name] = nil
  }

  /// Without the tap both sides open the same node.
  private func path(_ name: ChannelName, _ side: Side) -> String {
    let end = request.isTapped && side != LinkRequest.sender(on: name) ? "r" : "w"
    return "\(request.site.folder)/\(name.rawValue)\(end)\(request.serial)\(request.nameSuffix)"
  }

  private static func open(_ path: String, _ flags: Int32) throws(EndpointError) -> Descriptor {
    let number = parley_open(path, flags, 0)
    guard number >= 0 else { throw EndpointError(errno: errno, during: "opening \(path)") }
    return Descriptor(owning: number)
  }
}
