import AdapterProtocol
import WireFormats

/// What the first wrong reply of a case says about who is wrong.
///
/// The questions are independent; the first that applies gives the verdict. What the tap saw comes before what an endpoint said.
struct ReplyVerdict {
  private let observed: Observation
  private let wrong: Observation.Exchange
  private let mismatch: Mismatch
  /// The bytes that the other side wrote to this one.
  private let feed: Observation.Wire?
  private var other: Side { wrong.side.other }

  /// Finds the first wrong reply; nil if there is none.
  init?(_ observed: Observation) {
    guard let wrong = observed.exchanges.first(where: { $0.mismatch != nil }), let mismatch = wrong.mismatch else {
      return nil
    }
    self.observed = observed
    self.wrong = wrong
    self.mismatch = mismatch
    feed = observed.wire(from: wrong.side.other)
  }

  /// What is wrong.
  var finding: Finding {
    alikeLayouts ?? refusedDeclaration ?? lostListener ?? unasked ?? hangUp ?? wrongFeed ?? shortFeed ?? encoding
      ?? slot ?? undecided
      ?? .wrongReply(wrong)
  }

  /// Both lay the record out alike, and not as the vector has it.
  private var alikeLayouts: Finding? {
    guard wrong.command.verb == "layout" else { return nil }
    let replies = observed.exchanges.filter { $0.command == wrong.command && $0.mismatch != nil }.map(\.reply)
    guard replies.count == 2, replies[0] == replies[1], case .ok = replies[0] else { return nil }
    return .layoutsAgree(wrong)
  }

  /// A refusal breaks the word given in `hello`, unless a refusal was asked for.
  private var refusedDeclaration: Finding? {
    if case .error = wrong.expectation { return nil }
    guard case .error(.unsupported, let message) = wrong.reply, isOfDeclared(wrong.command) else { return nil }
    return .declaredRefused(wrong.side, wrong.command, message: message)
  }

  /// Whether a command has a word that an endpoint declares: the other commands every endpoint has.
  private func isOfDeclared(_ command: Command) -> Bool {
    command.verb == "open" || !["hello", "accept", "send", "receive", "close", "reset"].contains(command.verb)
      || command.fields.contains { $0.key == "codec" }
  }

  /// Nobody is at an address where the other side has said that it listens.
  private var lostListener: Finding? {
    guard wrong.command.text("role") == "connect", wrong.expectation == .ok,
      case .error(let kind, _) = wrong.reply, kind == .missing || kind == .refused
    else { return nil }
    let listens = observed.exchanges.contains { exchange in
      guard exchange.side == other, exchange.command.text("role") == "listen", case .ok = exchange.reply else {
        return false
      }
      return exchange.command.text("address") == wrong.command.text("address")
    }
    guard listens else { return nil }
    return .untrueOpen(
      other, "it was told to listen there, and \(observed.name(wrong.side)) finds nobody", wrong.requirement)
  }

  /// Whoever finds the other gone while it writes what it was not told to has itself to blame.
  private var unasked: Finding? {
    guard case .error(let kind, _) = wrong.reply, kind == .closed || kind == .reset,
      let own = observed.wire(from: wrong.side), own.comparison.place?.part == .beyond
    else { return nil }
    return .surplusBytes(
      wrong.side, written: own.comparison.count, expected: own.comparison.expectedCount, observed.difference(own))
  }

  /// The other side went away while there was something to deliver.
  private var hangUp: Finding? {
    guard case .error(let kind, _) = wrong.reply, kind == .closed || kind == .reset,
      observed.wire(from: wrong.side)?.sinkIsGone ?? false
    else { return nil }
    return .hungUp(other, answer: wrong)
  }

  /// What came to be received was wrong already.
  private var wrongFeed: Finding? {
    guard wrong.isReceiving, let feed, !feed.comparison.isRightSoFar, let place = feed.comparison.place else {
      return nil
    }
    return .wrongBytes(other, place, observed.difference(feed), answer: wrong)
  }

  /// What came to be received ended too early.
  private var shortFeed: Finding? {
    guard wrong.isReceiving, let feed, feed.hasEnded, !feed.comparison.isComplete else { return nil }
    return .shortStream(
      other, written: feed.comparison.count, expected: feed.comparison.expectedCount, observed.difference(feed),
      answer: wrong)
  }

  /// A reader that hands a value's message on says only what came, and the tap knows whether it did.
  private var encoding: Finding? {
    guard case .encoding = wrong.expectation, case .ok = wrong.reply, mismatch.kind != .notHex,
      mismatch.kind != .noAnswer
    else { return nil }
    let message = wrong.reply?.bytes("payload").flatMap(Hex.bytes) ?? []
    if let feed, !feed.comparison.mayHaveCarried(message) { return .inventedMessage(wrong.side, wrong) }
    return observed.isTapped ? .wrongEncoding(other, wrong) : .undecided(wrong, .noTap)
  }

  /// The slot's file was wrong already.
  private var slot: Finding? {
    guard wrong.isReceiving, let difference = observed.slotDifference else { return nil }
    return .wrongSlot(difference, answer: wrong)
  }

  /// Nobody saw what came to be received.
  private var undecided: Finding? {
    guard wrong.isReceiving, mismatch.kind != .notHex, !observed.isTapped, !isSlot, !isProven else { return nil }
    return .undecided(wrong, .noTap)
  }

  private var isSlot: Bool { observed.channel?.traits.content == .mappedText }

  /// Whether a message's bytes were looked at before the reader was asked for the value in them.
  private var isProven: Bool {
    observed.exchanges.contains { exchange in
      if case .encoding = exchange.expectation { exchange.reply != nil && exchange.mismatch == nil } else { false }
    }
  }
}
