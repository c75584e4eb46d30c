package import AdapterProtocol
package import WireFormats

/// The rules that are rows of a table, by what the row is about.
extension Requirement {
  /// How a framing marks a message off.
  package static func framing(_ framing: Framing) -> Requirement {
    switch framing {
    case .multiprocessing: .multiprocessingFrame
    case .u32le: .littleEndianFrame
    case .line: .lineFrame
    case .netstring: .netstringFrame
    case .varint: .varintFrame
    case .contentLength: .contentLengthFrame
    case .none: .unframedMessage
    }
  }

  /// What a receiver makes of bytes that break a framing.
  package static func decoding(_ framing: Framing) -> Requirement {
    switch framing {
    case .multiprocessing: .multiprocessingNegative
    case .line: .lineTooLarge
    case .netstring: .netstringLength
    case .varint: .varintTooLong
    case .contentLength: .headerLineAtOnce
    // Any four bytes are a length, and packets have none.
    case .u32le, .none: .frameTooLarge
    }
  }

  /// What a codec carries.
  package static func codec(_ codec: Codec) -> Requirement {
    switch codec {
    case .json: .jsonCarries
    case .pickle: .pickleCarries
    case .structure: .structCarries
    case .shareableList: .shareableListCarries
    case .shareableList38: .shareableList38Carries
    }
  }

  /// What a transport's address, roles and content are.
  package static func transport(_ transport: Transport) -> Requirement {
    switch transport {
    case .unix: .unixTransport
    case .fifo: .fifoTransport
    case .tcp: .tcpTransport
    case .unixAbstract: .unixAbstractTransport
    case .unixSeqpacket: .unixSeqpacketTransport
    case .unixDatagram: .unixDatagramTransport
    case .dotnetPipe: .dotnetPipeTransport
    case .pipe: .pipeTransport
    case .socketpair: .socketpairTransport
    case .fileSlot: .fileSlotTransport
    case .fileCell: .fileCellTransport
    case .sharedMemory: .sharedMemoryTransport
    case .managerQueue: .managerQueueTransport
    case .spawnQueue: .spawnQueueTransport
    }
  }

  /// When an error is of a kind.
  package static func kind(_ kind: ErrorKind) -> Requirement {
    switch kind {
    case .truncated: .truncatedKind
    case .tooLarge: .tooLargeKind
    case .malformed: .malformedKind
    case .closed: .closedKind
    case .reset: .resetKind
    case .refused: .refusedKind
    case .missing: .missingKind
    case .exists: .existsKind
    case .denied: .deniedKind
    case .authentication: .authenticationKind
    case .timeout: .timeoutKind
    case .unsupported: .unsupportedKind
    case .usage: .usageKind
    case .internal: .internalKind
    }
  }
}
