import AdapterProtocol
import WireFormats

extension Scenario {
  package static let keptForFile = Scenario(
    name: "kept-for-file", summary: "a message too long for a reply is refused, and kept for a receive with file=",
    checks: { _ in [.receiveTooLongForLine, .messageKept] },
    applies: { $0.traits.carriesMessages && $0.traits.largestMessage == nil },
    phases: { _, _ in
      let message = Message(length: 1 << 20)
      return [
        Phase(
          requirement: .messageKept,
          steps: [
            .send(.writer, message),
            .command(.reader, "receive channel=c", .error([.usage]), .receiveTooLongForLine),
            .receive(.reader, message),
          ])
      ]
    })

  package static let receiveOverFile = Scenario(
    name: "receive-over-file", summary: "a message replaces the longer content of the file that it is received into",
    checks: { _ in [.receiveFileReplaces] }, applies: \.traits.carriesMessages,
    phases: { _, _ in
      let hello = Message("hello")
      return [Phase(steps: [.send(.writer, hello), .receiveIntoFile(.reader, hello)])]
    })
}
