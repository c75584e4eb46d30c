import WireFormats

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
  case fileCell = "file-cell"
  case sharedMemory = "shared-memory"
  case managerQueue = "manager-queue"

  /// Transports that only examples use: what they join must have been made by Python.
  static let inExamplesOnly = ["spawn-queue"]

  /// Whether one side listens and the other connects, over a socket.
  var isConnected: Bool {
    switch self {
    case .unix, .unixAbstract, .unixSeqpacket, .dotnetPipe, .tcp: true
    case .fifo, .pipe, .socketpair, .fileSlot, .fileCell, .sharedMemory, .managerQueue: false
    }
  }

  /// Whether both sides can send on one channel.
  ///
  /// On a queue both could, but each might take what it put there itself.
  var isDuplex: Bool { isConnected || self == .socketpair }

  /// Whether one side can end its direction and go on receiving in the other.
  ///
  /// .NET's pipe classes cannot.
  var canHalfClose: Bool { isDuplex && self != .dotnetPipe }

  /// Whether a listener makes a file.
  var hasSocketFile: Bool { self == .unix || self == .unixSeqpacket || self == .dotnetPipe }

  /// Whether the endpoints inherit their ends, which they must do at their start.
  var isInherited: Bool { self == .pipe || self == .socketpair }

  /// Whether it carries bytes without bounds, so that a framing marks the messages off in front of the tap.
  var isStream: Bool {
    switch self {
    case .unix, .unixAbstract, .dotnetPipe, .tcp, .fifo, .pipe, .socketpair: true
    case .unixSeqpacket, .fileSlot, .fileCell, .sharedMemory, .managerQueue: false
    }
  }

  /// The framings that go with it.
  var framings: [Framing] {
    if self == .managerQueue { return [.multiprocessing] }
    return isStream ? Framing.allCases.filter { $0 != .none } : [.none]
  }

  /// Whether bytes flow through it on one connection, so that the tap can sit in it.
  var isTappable: Bool { isStream || self == .unixSeqpacket }

  /// Whether each message arrives once, in order.
  var carriesMessages: Bool { self != .fileSlot && self != .sharedMemory }

  /// Whether the reader can see that there will be no more messages.
  var hasEnd: Bool { carriesMessages && self != .managerQueue }

  /// Whether both sides map the same bytes.
  var isMapped: Bool { self == .fileSlot || self == .fileCell || self == .sharedMemory }
}

extension Transport {
  /// The largest message in bytes, where the transport has a limit of its own; nil where the limit is the framing's.
  var largestMessage: Int? {
    switch self {
    // Linux takes a packet that fits the send buffer, 212,992 bytes unless configured, with some overhead.
    case .unixSeqpacket: 65_537
    case .fileSlot: 1024
    case .fileCell: 4032
    default: nil
    }
  }
}
