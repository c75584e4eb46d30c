/// A kernel object that carries bytes, and what the runner must know of it.
enum Transport: String, CaseIterable, Sendable {
  case unix
  case unixAbstract = "unix-abstract"
  case unixSeqpacket = "unix-seqpacket"
  case dotnetPipe = "dotnet-pipe"
  case tcp
  case fifo
  case pipe
  case socketpair
  case fileSlot = "file-slot"

  /// Whether one side listens and the other connects.
  var isConnected: Bool {
    switch self {
    case .unix, .unixAbstract, .unixSeqpacket, .dotnetPipe, .tcp: true
    case .fifo, .pipe, .socketpair, .fileSlot: false
    }
  }

  /// Whether both sides can send on one channel.
  var isDuplex: Bool { isConnected || self == .socketpair }

  /// Whether one side can end its direction and go on receiving in the other.
  ///
  /// .NET's pipe classes cannot.
  var canHalfClose: Bool { isDuplex && self != .dotnetPipe }

  /// Whether a listener makes a file.
  var hasSocketFile: Bool { self == .unix || self == .unixSeqpacket || self == .dotnetPipe }

  /// Whether the endpoints inherit their ends, which they must do at their start.
  var isInherited: Bool { self == .pipe || self == .socketpair }

  /// Whether it carries bytes without bounds, so that a framing is needed.
  var isStream: Bool { self != .unixSeqpacket && self != .fileSlot }

  /// Whether bytes flow through it, so that the tap can sit in it.
  var isTappable: Bool { self != .fileSlot }
}

extension Transport {
  /// The largest message in bytes, where the transport has a limit of its own; nil where the limit is the framing's.
  var largestMessage: Int? {
    switch self {
    // Linux takes a packet that fits the send buffer, 212,992 bytes unless configured, with some overhead.
    case .unixSeqpacket: 65_537
    case .fileSlot: 1024
    default: nil
    }
  }
}
