import AdapterProtocol
import WireFormats

extension Scenario {
  package static let endOfStream = Scenario(
    name: "end-of-stream", summary: "a clean end is reported as such, and again when asked again",
    checks: {
      [.endOfStream, .endOfStreamAgain, .closeForgets]
        + ($0.transport == .fileCell ? [.cellCloseMarked, .cellEnd] : [])
    },
    applies: \.traits.hasEnd,
    phases: { _, _ in
      let hello = Message("hello")
      return [
        Phase(steps: [
          .send(.writer, hello), .finishSending(.writer), .receive(.reader, hello), .receiveEnd(.reader),
          .receiveEnd(.reader),
        ])
      ]
    })

  package static let truncatedFrame = Scenario(
    name: "truncated-frame", summary: "a stream that ends inside a frame is not a clean end", needsTap: true,
    checks: { [.truncatedKind] + ($0.framing == .line ? [.lineTruncated] : []) },
    applies: \.traits.isStream,
    phases: { channel, vectors throws(HarnessError) in
      let hello = Message("hello")
      let frame = try ExpectedFrame(hello, in: channel, vectors)
      return [
        Phase(
          faults: [.writer: Truncate(after: frame.prefix.count + 3)],
          steps: [.send(.writer, hello), .receiveFault(.reader, .truncated, .truncatedKind)])
      ]
    })
}
