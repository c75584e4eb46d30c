public import WireFormats

extension Transport {
  /// A row of the table of transports: what runner and endpoints need to know about one.
  public struct Traits: Equatable, Sendable {
    /// The two roles of a transport's endpoints.
    public enum Roles: Equatable, Sendable {
      /// One side listens at an address, the other connects to it.
      case listenAndConnect
      /// Each side opens its own end.
      case readAndWrite

      /// The roles' names in `open`.
      public var names: (String, String) {
        switch self {
        case .listenAndConnect: ("listen", "connect")
        case .readAndWrite: ("read", "write")
        }
      }
    }

    /// What a transport carries, which decides how a message is marked off.
    public enum Content: Equatable, Sendable {
      /// Bytes without message bounds; a framing marks the messages off.
      case stream
      /// Messages that keep their bounds.
      case packets
      /// One text in mapped memory; the last write wins.
      case mappedText
      /// One message at a time in mapped memory; none is lost.
      case mappedMessage
      /// Mapped bytes, without any structure.
      case mappedBytes
      /// Objects of Python's `multiprocessing`, over its own framing.
      case objects
    }

    /// What `address=` names.
    public enum Address: Equatable, Sendable {
      /// A path at which a listener creates a socket file.
      case socketPath
      /// `@name`, without a file.
      case abstractName
      /// A name that .NET turns into the path of a socket.
      case pipeName
      /// `127.0.0.1:PORT`.
      case loopbackPort
      /// The path of an existing FIFO.
      case fifoPath
      /// The number of an inherited descriptor.
      case descriptor
      /// The path of a regular file.
      case filePath
      /// The name of a POSIX shared memory object, a path, or the number of a descriptor.
      case memoryName
      /// The path of a socket, or `127.0.0.1:PORT`.
      case managerAddress
      /// The path or number of one end of a pipe.
      case queuePipe
    }

    /// The roles.
    public let roles: Roles
    /// What the transport carries.
    public let content: Content
    /// The kind of its addresses.
    public let address: Address
    /// Whether both sides can send on one channel.
    public let isDuplex: Bool
    /// Whether a listener waits for its peer with `accept`.
    public let hasAccept: Bool
    /// Whether one side can end its direction and still receive in the other.
    public let canHalfClose: Bool
    /// Whether the reader sees an end of stream.
    public let hasEnd: Bool
    /// Whether a message may be empty.
    public let carriesEmptyMessages: Bool
    /// The transport's own limit for a message in bytes; nil if only the framing limits it.
    public let largestMessage: Int?
    /// Whether it exists on Linux only.
    public let isLinuxOnly: Bool
    /// Whether only conversations with examples use it.
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
  /// Whether the channel is a connection: one side listens and accepts, the other connects.
  public var isConnected: Bool { hasAccept }

  /// Whether one side listens at an address.
  public var hasListener: Bool { roles == .listenAndConnect }

  /// Whether a listener creates a socket file.
  public var hasSocketFile: Bool { address == .socketPath || address == .pipeName }

  /// Whether every user of the machine can connect to a listener, since no folder protects its address.
  public var isOpenToOthers: Bool { address == .abstractName || address == .loopbackPort }

  /// Whether the endpoints inherit their ends when they start.
  public var isInherited: Bool { address == .descriptor }

  /// Whether it carries bytes without message bounds, so that a framing marks the messages off.
  public var isStream: Bool { content == .stream }

  /// Whether bytes flow from one endpoint to the other, so that the tap can relay them.
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

  /// Whether it carries values only.
  public var carriesOnlyValues: Bool { content == .mappedBytes }

  /// The framings that it can be combined with.
  public var framings: [Framing] {
    switch content {
    case .stream: Framing.allCases.filter { $0 != .none }
    case .objects: [.multiprocessing]
    case .packets, .mappedText, .mappedMessage, .mappedBytes: [.none]
    }
  }

  /// Whether it exists on this platform.
  public var isAvailable: Bool {
    #if os(Linux)
    true
    #else
    !isLinuxOnly
    #endif
  }
}
