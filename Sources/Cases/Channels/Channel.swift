package import AdapterProtocol
package import WireFormats

/// A transport, its framing and, for values, its codec.
package struct Channel: Hashable, Sendable, CustomStringConvertible {
  package var transport: Transport
  package var framing: Framing
  package var codec: Codec?

  package init(transport: Transport, framing: Framing, codec: Codec? = nil) {
    self.transport = transport
    self.framing = framing
    self.codec = codec
  }

  /// The traits of the transport.
  package var traits: Transport.Traits { transport.traits }

  /// The name in case names, such as `unix+line` or `unix+line+json`.
  package var description: String {
    "\(transport.rawValue)+\(framing.rawValue)" + (codec.map { "+\($0.rawValue)" } ?? "")
  }

  /// Whether the usual plan has long scenarios here: one channel for bytes, and those for values.
  var takesLongScenarios: Bool { codec != nil || transport == .reference && framing == .multiprocessing }

  /// Every transport and every framing once: each framing over `unix`, each transport with `multiprocessing`.
  package static let usual: [Channel] = all.filter {
    $0.transport == .reference || $0.framing == .multiprocessing || $0.framing == .none
  }

  /// Every combination of transport and framing, for bytes.
  package static let all: [Channel] = Transport.inMatrix.filter { !$0.traits.carriesOnlyValues }.flatMap { transport in
    transport.traits.framings.map { Channel(transport: transport, framing: $0) }
  }

  /// The channels for values: each codec as real programs use it.
  package static let values: [Channel] = [
    Channel(transport: .reference, framing: .line, codec: .json),
    Channel(transport: .reference, framing: .multiprocessing, codec: .pickle),
    Channel(transport: .reference, framing: .u32le, codec: .structure),
    Channel(transport: .managerQueue, framing: .multiprocessing, codec: .pickle),
    Channel(transport: .sharedMemory, framing: .none, codec: .structure),
    Channel(transport: .sharedMemory, framing: .none, codec: .shareableList),
    Channel(transport: .sharedMemory, framing: .none, codec: .shareableList38),
  ]

  /// ``values``, and every codec over every framing.
  package static let allValues: [Channel] =
    values
    + all.filter { $0.transport == .reference }.flatMap { channel in
      [Codec.json, .pickle, .structure].map { Channel(transport: .reference, framing: channel.framing, codec: $0) }
    }.filter { channel in
      // A packed number may contain a line feed.
      !values.contains(channel) && !(channel.framing == .line && channel.codec != .json)
    }
}
