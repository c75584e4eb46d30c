import AdapterProtocol
import WireFormats

extension Scenario {
  package static let frameOverLimit = badFrame(
    "frame-over-limit", "a frame longer than the limit is refused before memory is taken for it"
  ) { _ in true }

  package static let wrongLengthSign = badFrame(
    "wrong-length-sign", "a length that is negative, or of a form that no sender writes"
  ) { $0 != .line }

  package static let garbage = badFrame("garbage", "bytes of another protocol where a frame should be") { $0 != .line }

  /// The writer sends a good frame, and the tap puts the vector's bytes in its place.
  private static func badFrame(
    _ name: String, _ summary: String, _ framings: @escaping @Sendable (Framing) -> Bool
  ) -> Scenario {
    Scenario(
      name: name, summary: summary, needsTap: true,
      applies: { $0.traits.isStream && framings($0.framing) },
      phases: { channel, vectors throws(HarnessError) in
        guard let fault = vectors.framings[channel.framing]?.faults.first(where: { $0.scenario == name }) else {
          throw HarnessError(
            "interop/vectors/framings.yml has no fault \(name) for \(channel.framing.rawValue); add it.")
        }
        return [
          Phase(
            delivery: .replaced(by: fault.bytes.bytes), limit: fault.limit,
            steps: [.send(.writer, Message("hello")), .receiveFault(.reader, fault.kind)]), .greeting,
        ]
      })
  }
}
