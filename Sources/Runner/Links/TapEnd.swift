import CPlatform
import Cases
import Endpoints
import Foundation
import WireFormats

/// One end of the tap: its descriptor toward one endpoint.
final class TapEnd {
  private(set) var descriptor: Descriptor?
  /// Whether it goes both ways, so that its directions end one by one.
  let isDuplex: Bool

  init(isDuplex: Bool) {
    self.isDuplex = isDuplex
    descriptor = nil
  }

  var number: Int32? { descriptor?.number }

  /// Connects the end; the descriptor does not block from now on.
  func attach(_ descriptor: consuming Descriptor) {
    _ = parley_set_nonblocking(descriptor.number, true)
    self.descriptor = Optional(descriptor)
  }

  func finishSending() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_WR)) } else { descriptor = nil }
  }

  func finishReceiving() {
    if isDuplex, let number { shutdown(number, Int32(SHUT_RD)) } else { descriptor = nil }
  }
}
