import AdapterProtocol
import Endpoints

/// Opens the channels of one or several similar transports.
protocol ChannelOpener {
  /// The additional keys of `open` for its transports.
  static var options: [String] { get }
  /// Reads the options, but opens nothing.
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
  /// The type that opens its channels; a new transport needs only a case here and a file with that type.
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

  /// The options of all transports.
  static let options = Array(Set(allCases.flatMap { $0.opener.options })).sorted()
}
