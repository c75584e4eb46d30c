import AdapterProtocol
import Endpoints

/// How the channels of a transport are opened; one type for those that are opened alike.
protocol ChannelOpener {
  /// The keys of `open` that its transports have of their own.
  static var options: [String] { get }
  /// Reads the options; nothing is opened yet.
  init(_ arguments: Arguments) throws(EndpointError)
  /// Opens a channel.
  func open(_ opening: ChannelOpening) throws(EndpointError) -> any Channel
}

/// An opener without options.
protocol PlainChannelOpener: ChannelOpener {
  init()
}

extension PlainChannelOpener {
  static var options: [String] { [] }

  init(_ arguments: Arguments) { self.init() }
}

extension Transport {
  /// The type that opens its channels: the one place to add a transport to, besides a file with that type.
  var opener: any ChannelOpener.Type {
    switch self {
    case .unix, .unixAbstract, .dotnetPipe, .tcp: StreamSockets.self
    case .unixSeqpacket: PacketSockets.self
    case .unixDatagram: DatagramSockets.self
    case .fifo: Fifos.self
    case .pipe: InheritedPipes.self
    case .socketpair: InheritedSockets.self
    case .fileSlot: FileSlots.self
    case .fileCell: FileCells.self
    case .sharedMemory: SharedMemoryObjects.self
    case .managerQueue: ManagerQueues.self
    case .spawnQueue: SpawnQueues.self
    }
  }

  /// The options of all of them.
  static let options = Array(Set(allCases.flatMap { $0.opener.options })).sorted()
}
