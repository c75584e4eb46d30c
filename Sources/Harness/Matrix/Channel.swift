import WireFormats

/// A transport and its framing.
struct Channel: Hashable, Sendable, CustomStringConvertible {
  var transport: Transport
  var framing: Framing

  /// The name in case names, such as `unix+line`.
  var description: String { "\(transport.rawValue)+\(framing.rawValue)" }

  /// Every transport and every framing once: each framing over `unix`, each transport with `multiprocessing`.
  static let usual: [Channel] = all.filter {
    $0.transport == .unix || $0.framing == .multiprocessing || $0.framing == .none
  }

  /// The whole product.
  static let all: [Channel] = Transport.allCases.flatMap { transport in
    Framing.allCases.filter { ($0 != .none) == transport.isStream }.map { Channel(transport: transport, framing: $0) }
  }
}
