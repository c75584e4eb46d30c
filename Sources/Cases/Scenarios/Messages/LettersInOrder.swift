import AdapterProtocol

extension Scenario {
  package static let lettersInOrder = Scenario(
    name: "letters-in-order", summary: "the notes' A, B, C, in order",
    checks: { [.receiveOneMessage, .severalCommandsAtOnce] + bounds($0.transport) }, applies: \.traits.carriesMessages,
    phases: { _, _ in
      let letters = ["A", "B", "C"].map(Message.init)
      return [Phase(steps: letters.map { .send(.writer, $0) } + letters.map { .receive(.reader, $0) })]
    })

  /// What keeps three messages apart where no framing does.
  private static func bounds(_ transport: Transport) -> [Requirement] {
    switch transport {
    case .unixSeqpacket: [.onePacketAMessage]
    case .unixDatagram: [.oneDatagramASend]
    // The second would go over the first.
    case .fileCell: [.cellSendWaits]
    default: []
    }
  }
}
