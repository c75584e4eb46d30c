import AdapterProtocol
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends of pipes that this process was given.
struct InheritedPipes: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    try StreamChannel(opening.inherited(S_IFIFO), opening)
  }
}

/// Ends of socketpairs that this process was given.
struct InheritedSockets: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    try StreamChannel(opening.inherited(S_IFSOCK), opening)
  }
}

extension ChannelOpening {
  /// Takes over the descriptor whose number is the address, if it is of a kind.
  fileprivate func inherited(_ kind: mode_t) throws(EndpointError) -> Descriptor {
    guard let number = descriptorNumber else {
      throw EndpointError(.usage, "\"\(address)\" is not the number of an inherited descriptor.")
    }
    let descriptor = try Descriptor.inherited(number)
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == kind else {
      // It was given for something else, and is not ours to close.
      _ = descriptor.release()
      throw EndpointError(.usage, "Descriptor \(number) is no \(transport.rawValue).")
    }
    return descriptor
  }
}
