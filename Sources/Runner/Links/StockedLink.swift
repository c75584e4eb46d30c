import AdapterProtocol
import Cases
import WireFormats

/// A tapped link over pipes or a socketpair that the endpoints inherited when they started.
final class StockedLink: Link {
  private let request: LinkRequest
  private let slots: [Side: InheritedStock.Slot]
  let relays: [Relay]

  /// Creates the link.
  ///
  /// - Parameters:
  ///   - request: the phase's request.
  ///   - slots: one slot from each side's stock.
  init(_ request: LinkRequest, _ slots: [Side: InheritedStock.Slot]) {
    self.request = request
    self.slots = slots
    let senders: [Side] = request.channel.traits.isDuplex || request.goesBack ? [.writer, .reader] : [.writer]
    relays = senders.compactMap { sender in
      guard let source = slots[sender]?.sending.end, let sink = slots[sender.other]?.receiving.end else { return nil }
      return request.relay(from: sender, source, sink)
    }
  }

  var opening: [LinkStep] {
    let names = request.channel.traits.isDuplex ? [.forward] : request.oneWayNames
    return names.flatMap { name in [.open(.writer, name), .open(.reader, name)] }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    request.openCommand(
      side, name, role: LinkRequest.role(of: side, on: name), address: String(inheritedNumber(side, name) ?? -1))
  }

  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int? {
    side == LinkRequest.sender(on: name) ? slots[side]?.sending.number : slots[side]?.receiving.number
  }
}
