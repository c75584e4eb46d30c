extension Transport {
  /// The transport's row of the table of transports.
  ///
  /// To add a transport, start here; the compiler then asks for its link (`Runner/Links`) and opener (`parley-endpoint`).
  public var traits: Traits {
    switch self {
    case .unix:
      Traits(.listenAndConnect, .stream, .socketPath, isDuplex: true)
    case .unixAbstract:
      Traits(.listenAndConnect, .stream, .abstractName, isDuplex: true, isLinuxOnly: true)
    case .unixSeqpacket:
      // On Linux a packet and some overhead must fit the send buffer, 212,992 bytes by default.
      Traits(.listenAndConnect, .packets, .socketPath, isDuplex: true, largestMessage: 65_537, isLinuxOnly: true)
    case .unixDatagram:
      Traits(
        .listenAndConnect, .packets, .socketPath, isDuplex: false, hasAccept: false, hasEnd: false,
        carriesEmptyMessages: true, largestMessage: 65_537)
    case .dotnetPipe:
      // .NET's pipe classes cannot half-close.
      Traits(.listenAndConnect, .stream, .pipeName, isDuplex: true, canHalfClose: false)
    case .tcp:
      Traits(.listenAndConnect, .stream, .loopbackPort, isDuplex: true)
    case .fifo:
      Traits(.readAndWrite, .stream, .fifoPath, isDuplex: false)
    case .pipe:
      Traits(.readAndWrite, .stream, .descriptor, isDuplex: false)
    case .socketpair:
      Traits(.readAndWrite, .stream, .descriptor, isDuplex: true)
    case .fileSlot:
      Traits(.readAndWrite, .mappedText, .filePath, isDuplex: false, hasEnd: false, largestMessage: 1024)
    case .fileCell:
      Traits(
        .readAndWrite, .mappedMessage, .filePath, isDuplex: false, carriesEmptyMessages: true, largestMessage: 4032)
    case .sharedMemory:
      Traits(.readAndWrite, .mappedBytes, .memoryName, isDuplex: false, hasEnd: false)
    case .managerQueue:
      // Both sides of a queue could send, but each might receive its own messages.
      Traits(
        .listenAndConnect, .objects, .managerAddress, isDuplex: false, hasAccept: false, hasEnd: false,
        carriesEmptyMessages: true)
    case .spawnQueue:
      // Only Python can create the queue.
      Traits(.readAndWrite, .objects, .queuePipe, isDuplex: false, isForExamplesOnly: true)
    }
  }

  /// The transport for testing every framing and every codec; the other transports are tested with one framing.
  public static let reference = Transport.unix

  /// The transports with which an adapter is best begun, the easiest first.
  public static let first: [Transport] = [.unix, .fifo]

  /// The transports of the matrix: all except those for examples only.
  public static let inMatrix: [Transport] = allCases.filter { !$0.traits.isForExamplesOnly }
}
