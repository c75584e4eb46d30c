import Endpoints
import WireFormats

/// What `open` asks for, checked.
struct ChannelOpening {
  private let transport: String
  private let role: String
  private let address: String
  private let framing: Framing
  private let limit: Int
  private let arguments: Arguments
  private let manager: ManagerOptions

  /// The keys of `open` that a transport has of its own.
  static func options(of transport: String?) -> [String] {
    switch transport {
    case "shared-memory": SharedMemoryChannel.options
    case "spawn-queue": SpawnQueueChannel.options
    default: []
    }
  }

  init(_ arguments: Arguments) throws(EndpointError) {
    self.arguments = arguments
    transport = try arguments.text("transport")
    role = try arguments.text("role")
    address = try arguments.text("address")
    limit = try arguments.number("limit", 1...Int(Int32.max), default: Framing.defaultLimit)
    let name = try arguments.text("framing")
    guard Capabilities.transports.contains(transport) else {
      throw EndpointError(.unsupported, "This endpoint has no transport \"\(transport)\".")
    }
    guard let framing = Framing(rawValue: name) else {
      throw EndpointError(.unsupported, "This endpoint has no framing \"\(name)\".")
    }
    let keepsBounds = ["unix-seqpacket", "file-slot", "file-cell", "shared-memory"].contains(transport)
    guard keepsBounds == (framing == .none), transport != "spawn-queue" || framing == .multiprocessing else {
      throw EndpointError(.unsupported, "The transport \(transport) does not go with the framing \(name).")
    }
    self.framing = framing
    manager = try ManagerOptions(arguments, transport: transport, framing: framing)
  }

  func open() throws(EndpointError) -> any Channel {
    switch transport {
    case "unix": try socket(.unix(path: address), .stream)
    case "dotnet-pipe": try socket(.dotnetPipe(name: pipeName()), .stream)
    case "unix-seqpacket": try socket(.unix(path: address), .packets)
    case "unix-abstract": try socket(.abstract(name: abstractName()), .stream)
    case "tcp": try socket(.tcp(port: port()), .stream)
    case "fifo": try oneWay(Fifo.openForReading, Fifo.openForWriting)
    case "pipe":
      StreamChannel(try inherited(), try isWriter() ? .sending : .receiving, framing, limit)
    case "socketpair":
      try socketpair()
    case "file-cell": try CellChannel(address, isWriter: isWriter(), limit: limit)
    case "shared-memory": try SharedMemoryChannel(address, isWriter: isWriter(), limit: limit, arguments)
    case "spawn-queue": try SpawnQueueChannel(address, isWriter: isWriter(), limit: limit, arguments)
    case "manager-queue": try managerQueue()
    default: try slot()
    }
  }

  private func socket(_ address: SocketAddress, _ kind: SocketKind) throws(EndpointError) -> any Channel {
    switch (role, kind) {
    case ("listen", .stream):
      let channel = StreamChannel(
        try SocketListener(address), asked: address, canHalfClose: canHalfClose, framing, limit)
      channel.key = manager.key
      return channel
    case ("listen", .packets):
      return PacketChannel(try SocketListener(address, kind: kind), limit: limit)
    case ("connect", .stream):
      let channel = StreamChannel(
        try .connected(to: address), .both, canHalfClose: canHalfClose, framing, limit)
      channel.key = manager.key
      try channel.authenticate(.connecting)
      return channel
    case ("connect", .packets):
      return PacketChannel(try .connected(to: address, kind: kind), limit: limit)
    default: throw wrongRole("listen", "connect")
    }
  }

  private func managerQueue() throws(EndpointError) -> any Channel {
    switch role {
    case "listen": try ServedQueueChannel(at: managerAddress(), manager, limit: limit)
    case "connect": try RemoteQueueChannel(at: managerAddress(), manager, limit: limit)
    default: throw wrongRole("listen", "connect")
    }
  }

  /// A path, or a port as the documentation of Python's managers has it.
  private func managerAddress() throws(EndpointError) -> SocketAddress {
    guard !address.hasPrefix("/"), address.contains(":") else { return .unix(path: address) }
    let port = try port()
    guard port > 0 else {
      throw EndpointError(.usage, "A manager's port is told to its clients beforehand; 0 is none.")
    }
    return .tcp(port: port)
  }

  /// .NET's pipe classes cannot half-close, and their peers must do without it.
  private var canHalfClose: Bool { transport != "dotnet-pipe" }

  private func oneWay(
    _ reading: (String) throws(EndpointError) -> Descriptor, _ writing: (String) throws(EndpointError) -> Descriptor
  ) throws(EndpointError) -> any Channel {
    try isWriter()
      ? StreamChannel(try writing(address), .sending, framing, limit)
      : StreamChannel(try reading(address), .receiving, framing, limit)
  }

  private func slot() throws(EndpointError) -> any Channel {
    try isWriter()
      ? SlotChannel(try FileSlot(writing: address), isWriter: true, limit: limit)
      : SlotChannel(try FileSlot(reading: address), isWriter: false, limit: limit)
  }

  /// The role only names the side: a socketpair goes both ways.
  private func socketpair() throws(EndpointError) -> any Channel {
    _ = try isWriter()
    return StreamChannel(try inherited(), .both, framing, limit)
  }

  private func isWriter() throws(EndpointError) -> Bool {
    guard role == "read" || role == "write" else { throw wrongRole("read", "write") }
    return role == "write"
  }

  private func wrongRole(_ first: String, _ second: String) -> EndpointError {
    EndpointError(.unsupported, "The transport \(transport) has the roles \(first) and \(second), not \"\(role)\".")
  }

  private func inherited() throws(EndpointError) -> Descriptor {
    guard let number = Int32(address) else {
      throw EndpointError(.usage, "\"\(address)\" is not the number of an inherited descriptor.")
    }
    return try .inherited(number)
  }

  private func pipeName() throws(EndpointError) -> String {
    guard !address.isEmpty, address.hasPrefix("/") || !address.contains("/"), address != "anonymous" else {
      throw EndpointError(.usage, "\"\(address)\" is no name of a .NET pipe; use a word, or an absolute path.")
    }
    return address
  }

  private func abstractName() throws(EndpointError) -> String {
    guard address.hasPrefix("@") else {
      throw EndpointError(.usage, "An abstract address starts with @; \"\(address)\" does not.")
    }
    return String(address.dropFirst())
  }

  private func port() throws(EndpointError) -> UInt16 {
    guard address.hasPrefix("127.0.0.1:"), let port = UInt16(address.dropFirst("127.0.0.1:".count)) else {
      throw EndpointError(.usage, "A TCP address is 127.0.0.1:PORT, loopback only; \"\(address)\" is not.")
    }
    guard port > 0 || role != "connect" else {
      throw EndpointError(.usage, "Port 0 is only for listening: the system chooses one.")
    }
    return port
  }
}
