import AdapterProtocol
import WireFormats

extension Scenario {
  package static let frameOverLimit = badFrame(
    "frame-over-limit", "a frame longer than the limit is refused", .frameTooLarge
  ) { _ in true }

  package static let hugeFrame = badFrame(
    "huge-frame", "a frame of 2 GB is refused before memory is taken for it", .noMemoryForTooLarge
  ) { $0 != .line }

  package static let wrongLengthSign = badFrame(
    "wrong-length-sign", "a length that is negative, or of a form that no sender writes", nil
  ) { $0 != .line }

  package static let garbage = badFrame("garbage", "bytes of another protocol where a frame should be", nil) {
    $0 != .line
  }

  /// The writer sends a good frame, and the tap puts the vector's bytes in its place.
  private static func badFrame(
    _ name: String, _ summary: String, _ rule: Requirement?,
    _ framings: @escaping @Sendable (Framing) -> Bool
  ) -> Scenario {
    let requirement: @Sendable (Framing) -> Requirement = { rule ?? .decoding($0) }
    return Scenario(
      name: name, summary: summary, needsTap: true,
      checks: { [requirement($0.framing), .decidesAtOnce, .closableAfterFault] + Self.fieldRules($0.framing) },
      applies: { $0.traits.isStream && framings($0.framing) },
      phases: { channel, vectors throws(HarnessError) in
        guard let fault = vectors.framings[channel.framing]?.faults.first(where: { $0.scenario == name }) else {
          throw HarnessError(
            "interop/vectors/framings.yml has no fault \(name) for \(channel.framing.rawValue); add it.")
        }
        return [
          Phase(
            faults: [.writer: Replace(by: fault.bytes.bytes)], limit: fault.limit,
            steps: [
              .send(.writer, Message("hello")), .receiveFault(.reader, fault.kind, requirement(channel.framing)),
              // In each of them: the peak of one would hide that of the next.
              .checkMemory(.reader, .addressSpace, limit: mostMemory),
            ]), .greeting,
        ]
      })
  }

  /// What a length field of fixed size, or of digits, is besides.
  private static func fieldRules(_ framing: Framing) -> [Requirement] {
    switch framing {
    case .multiprocessing, .u32le: [.lengthFieldWhole]
    case .netstring: [.netstringTooLarge]
    case .varint, .contentLength, .line, .none: []
    }
  }

  /// The most by which an endpoint's memory may grow while it refuses a frame, in bytes: runtimes take some in big pieces.
  private static let mostMemory = 512 << 20
}
