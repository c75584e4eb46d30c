extension Transport {
  /// The table of transports: one row each.
  ///
  /// Adding a transport begins here; the compiler then asks for its link (`Runner/Links`) and its endpoint (`parley-endpoint`).
  public var traits: Traits {
    switch self {
    case .unix:
      Traits(.listenAndConnect, .stream, .socketPath, isDuplex: true)
    case .unixAbstract:
      Traits(.listenAndConnect, .stream, .abstractName, isDuplex: true, isLinuxOnly: true)
    case .unixSeqpacket:
      // Linux takes a packet that fits the send buffer, 212,992 bytes unless configured, with some overhead.
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
      // Both sides of a queue could send, but each might take what it put there itself.
      Traits(
        .listenAndConnect, .objects, .managerAddress, isDuplex: false, hasAccept: false, hasEnd: false,
        carriesEmptyMessages: true)
    case .spawnQueue:
      // What it joins must have been made by Python.
      Traits(.readAndWrite, .objects, .queuePipe, isDuplex: false, isForExamplesOnly: true)
    }
  }

  /// The transport over which every framing and every codec is tried, as every other transport is with one framing.
  public static let reference = Transport.unix

  /// The transports of the matrix: all but those that only examples use.
  public static let inMatrix: [Transport] = allCases.filter { !$0.traits.isForExamplesOnly }
}
