import WireFormats

/// A transport, its framing and, for values, its codec.
struct Channel: Hashable, Sendable, CustomStringConvertible {
  var transport: Transport
  var framing: Framing
  var codec: Codec?

  /// The name in case names, such as `unix+line` or `unix+line+json`.
  var description: String {
    "\(transport.rawValue)+\(framing.rawValue)" + (codec.map { "+\($0.rawValue)" } ?? "")
  }

  /// Every transport and every framing once: each framing over `unix`, each transport with `multiprocessing`.
  static let usual: [Channel] = all.filter {
    $0.transport == .unix || $0.framing == .multiprocessing || $0.framing == .none
  }

  /// The whole product, for bytes.
  static let all: [Channel] = Transport.allCases.flatMap { transport in
    // What stands in shared memory is only ever a value.
    transport == .sharedMemory ? [] : transport.framings.map { Channel(transport: transport, framing: $0) }
  }

  /// The channels of values: each codec as programs use it.
  static let values: [Channel] = [
    Channel(transport: .unix, framing: .line, codec: .json),
    Channel(transport: .unix, framing: .multiprocessing, codec: .pickle),
    Channel(transport: .unix, framing: .u32le, codec: .structure),
    Channel(transport: .managerQueue, framing: .multiprocessing, codec: .pickle),
    Channel(transport: .sharedMemory, framing: .none, codec: .structure),
    Channel(transport: .sharedMemory, framing: .none, codec: .shareableList),
    Channel(transport: .sharedMemory, framing: .none, codec: .shareableList38),
  ]

  /// Every codec over every framing, too.
  static let allValues: [Channel] =
    values
    + all.filter { $0.transport == .unix }.flatMap { channel in
      [Codec.json, .pickle, .structure].map { Channel(transport: .unix, framing: channel.framing, codec: $0) }
    }.filter { channel in
      // A packed number may hold a line feed.
      !values.contains(channel) && !(channel.framing == .line && channel.codec != .json)
    }
}
