import CPlatform
import Cases
import Endpoints
import Foundation
import WireFormats

/// One end of the tap: the descriptor to one endpoint.
final class TapEnd {
  private(set) var descriptor: Descriptor?
  /// Whether it carries both directions, which then end separately.
  let isDuplex: Bool

  init(isDuplex: Bool) {
    self.isDuplex = isDuplex
    descriptor = nil
  }

  var number: Int32? { descriptor?.number }

  /// Sets the descriptor and makes it non-blocking.
  func attach(_ descriptor: consuming Descriptor) {
    _ = parley_set_nonblocking(descriptor.number, true)
    self.descriptor = Optional(descriptor)
  }

  func finishSending() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_WR)) } else { descriptor = nil }
  }

  /// Closes it in both directions, over TCP with a reset.
  func breakOff() {
    if let number { parley_reset_on_close(number) }
    descriptor = nil
  }

  func finishReceiving() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_RD)) } else { descriptor = nil }
  }
}
