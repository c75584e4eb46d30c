import AdapterProtocol
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Inherited ends of pipes.
struct InheritedPipes: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    try StreamChannel(opening.inherited(S_IFIFO), opening)
  }
}

/// Inherited ends of socketpairs.
struct InheritedSockets: PlainChannelOpener {
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel {
    try StreamChannel(opening.inherited(S_IFSOCK), opening)
  }
}

extension ChannelOpening {
  /// Takes ownership of the descriptor that the address names, if it is of the given kind.
  fileprivate func inherited(_ kind: mode_t) throws(EndpointError) -> Descriptor {
    guard let number = descriptorNumber else {
      throw EndpointError(.usage, "\"\(address)\" is not the number of an inherited descriptor.")
    }
    let descriptor = try Descriptor.inherited(number)
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == kind else {
      // It serves another purpose, so it must not be closed.
      _ = descriptor.release()
      throw EndpointError(.usage, "Descriptor \(number) is not a \(transport.rawValue).")
    }
    return descriptor
  }
}
