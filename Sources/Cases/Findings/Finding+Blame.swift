import AdapterProtocol
package import Journal
import WireFormats

extension Finding {
  /// Whose fault it is: the blame, and the sides that are blamed.
  package var blame: (Blame, [Side]) {
    switch self {
    case .badLine(let side, _, _), .untrueOpen(let side, _, _), .declaredRefused(let side, _, _),
      .leftBehind(let side, _), .surroundings(let side, _, _):
      (.adapter, [side])
    case .leftFiles(let sides, _): (.adapter, sides)
    case .ended(let side, _, _), .untrueSend(let side, _, _, _), .untrueClose(let side, _, _), .stopped(let side, _),
      .silent(let side, _), .wrongBytes(let side, _, _, _), .shortStream(let side, _, _, _, _),
      .surplusBytes(let side, _, _, _), .fewerBytes(let side, _, _, _), .wrongEncoding(let side, _),
      .inventedMessage(let side, _), .hungUp(let side, _), .noOutput(let side, _, _),
      .noPlace(let side, _, _), .silentProgram(let side, _, _),
      .stuckProgram(let side, _, _), .silentPeer(let side, _, _), .otherEnd(let side, _, _),
      .endedBefore(let side, _, _):
      (Self.blame(side), [side])
    case .of(_, let finding): finding.blame
    case .wrongReply(let exchange): (Self.blame(exchange.side), [exchange.side])
    case .bothWrite(let sides, _): sides.count == 1 ? (Self.blame(sides[0]), sides) : (.both, sides)
    case .wrongSlot, .slotNotCleared: (.writer, [.writer])
    case .agreement, .undecided, .layoutsAgree: (.both, Side.allCases)
    case .noHello, .unusable, .uncleanEnd: (.adapter, [])
    case .harness: (.harness, [])
    }
  }

  /// The adapter that is blamed, where it is not one of a case's sides.
  package var adapter: String? {
    switch self {
    case .noHello(let adapter, _, _), .uncleanEnd(let adapter, _): adapter
    case .unusable(let adapter, _): adapter
    default: nil
    }
  }

  private static func blame(_ side: Side) -> Blame { side == .writer ? .writer : .reader }

  /// The kind of the error that was answered, where one was: failures that differ in it have different causes.
  package var errorKind: String? {
    let exchange: Observation.Exchange?
    switch self {
    case .wrongReply(let wrong), .wrongEncoding(_, let wrong), .inventedMessage(_, let wrong),
      .undecided(let wrong, _), .layoutsAgree(let wrong):
      exchange = wrong
    default: exchange = nil
    }
    if case .error(let kind, _) = exchange?.reply { return kind.rawValue }
    return nil
  }

  /// The first difference in bytes, where bytes differ.
  package var difference: ByteDifference? {
    switch self {
    case .wrongBytes(_, _, let difference, _), .shortStream(_, _, _, let difference, _),
      .surplusBytes(_, _, _, let difference), .fewerBytes(_, _, _, let difference), .agreement(let difference, _),
      .wrongSlot(let difference, _), .slotNotCleared(let difference):
      difference
    case .wrongReply(let exchange), .wrongEncoding(_, let exchange), .inventedMessage(_, let exchange),
      .undecided(let exchange, _), .endedBefore(_, _, let exchange):
      exchange.mismatch?.difference
    default: nil
    }
  }
}
