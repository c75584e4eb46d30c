public import WireFormats

extension Transport {
  /// A row of the table of transports: what runner and endpoints must know of one.
  public struct Traits: Equatable, Sendable {
    /// The two roles in which a transport is opened.
    public enum Roles: Equatable, Sendable {
      /// One side listens at an address, the other connects to it.
      case listenAndConnect
      /// Each side opens an end of its own.
      case readAndWrite

      /// The roles' names in `open`.
      public var names: (String, String) {
        switch self {
        case .listenAndConnect: ("listen", "connect")
        case .readAndWrite: ("read", "write")
        }
      }
    }

    /// What is carried, which decides who marks a message off.
    public enum Content: Equatable, Sendable {
      /// Bytes without bounds: a framing marks the messages off.
      case stream
      /// Messages with their bounds.
      case packets
      /// One text in mapped memory; the last write wins.
      case mappedText
      /// One message at a time in mapped memory; none is lost.
      case mappedMessage
      /// Mapped bytes as they are.
      case mappedBytes
      /// Objects of Python's `multiprocessing`, over its own framing.
      case objects
    }

    /// What `address=` names.
    public enum Address: Equatable, Sendable {
      /// A path at which a listener makes a socket file.
      case socketPath
      /// `@name`, without a file.
      case abstractName
      /// A name that .NET turns into a socket's path.
      case pipeName
      /// `127.0.0.1:PORT`.
      case loopbackPort
      /// The path of a FIFO that is there.
      case fifoPath
      /// The number of an inherited descriptor.
      case descriptor
      /// The path of a regular file.
      case filePath
      /// The name of a POSIX shared memory object, a path, or a descriptor's number.
      case memoryName
      /// A socket's path, or `127.0.0.1:PORT`.
      case managerAddress
      /// The path or number of one end of a pipe.
      case queuePipe
    }

    /// The roles.
    public let roles: Roles
    /// What is carried.
    public let content: Content
    /// What an address is.
    public let address: Address
    /// Whether both sides can send on one channel.
    public let isDuplex: Bool
    /// Whether a listener waits for its peer with `accept`.
    public let hasAccept: Bool
    /// Whether one side can end its direction and go on receiving in the other.
    public let canHalfClose: Bool
    /// Whether the reader can see that there will be no more messages.
    public let hasEnd: Bool
    /// Whether a message may be empty.
    public let carriesEmptyMessages: Bool
    /// The largest message in bytes, where the transport has a limit of its own; nil where the limit is the framing's.
    public let largestMessage: Int?
    /// Whether only Linux has it.
    public let isLinuxOnly: Bool
    /// Whether it is used in conversations with examples only.
    public let isForExamplesOnly: Bool

    init(
      _ roles: Roles, _ content: Content, _ address: Address, isDuplex: Bool, hasAccept: Bool? = nil,
      canHalfClose: Bool? = nil, hasEnd: Bool = true, carriesEmptyMessages: Bool? = nil, largestMessage: Int? = nil,
      isLinuxOnly: Bool = false, isForExamplesOnly: Bool = false
    ) {
      self.roles = roles
      self.content = content
      self.address = address
      self.isDuplex = isDuplex
      self.hasAccept = hasAccept ?? (roles == .listenAndConnect)
      self.canHalfClose = canHalfClose ?? isDuplex
      self.hasEnd = hasEnd
      // Without a framing an empty packet looks like the end of the stream.
      self.carriesEmptyMessages = carriesEmptyMessages ?? (content == .stream)
      self.largestMessage = largestMessage
      self.isLinuxOnly = isLinuxOnly
      self.isForExamplesOnly = isForExamplesOnly
    }
  }
}

extension Transport.Traits {
  /// Whether one side listens and the other connects and is accepted: the channel is a connection.
  public var isConnected: Bool { hasAccept }

  /// Whether one side listens at an address.
  public var hasListener: Bool { roles == .listenAndConnect }

  /// Whether a listener makes a file that others can find.
  public var hasSocketFile: Bool { address == .socketPath || address == .pipeName }

  /// Whether the endpoints inherit their ends, which they must do when they are started.
  public var isInherited: Bool { address == .descriptor }

  /// Whether it carries bytes without bounds, so that a framing marks the messages off.
  public var isStream: Bool { content == .stream }

  /// Whether bytes flow through it from one endpoint to the other, so that the tap can sit in it.
  public var isTappable: Bool { content == .stream || content == .packets }

  /// Whether both sides map the same bytes.
  public var isMapped: Bool {
    switch content {
    case .mappedText, .mappedMessage, .mappedBytes: true
    case .stream, .packets, .objects: false
    }
  }

  /// Whether each message arrives once, in order.
  public var carriesMessages: Bool { content != .mappedText && content != .mappedBytes }

  /// Whether what it carries is only ever a value.
  public var carriesOnlyValues: Bool { content == .mappedBytes }

  /// The framings that go with it.
  public var framings: [Framing] {
    switch content {
    case .stream: Framing.allCases.filter { $0 != .none }
    case .objects: [.multiprocessing]
    case .packets, .mappedText, .mappedMessage, .mappedBytes: [.none]
    }
  }

  /// Whether this platform has it.
  public var isAvailable: Bool {
    #if os(Linux)
    true
    #else
    !isLinuxOnly
    #endif
  }
}
