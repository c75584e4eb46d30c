package import Journal
package import WireFormats

/// What a tap's events look like, all connections together.
///
/// Pure: events and times go in, what to show comes out.
package struct TapView {
  private let framing: Framing?
  private let codec: CodecChoice
  private var conversations: [Int: ConversationView] = [:]
  /// The last verdict that was shown: connections to the same server mostly speak the same.
  private var lastVerdict: (framings: String, isCertain: Bool)?

  /// Makes a view.
  ///
  /// - Parameters:
  ///   - framing: the framing of the streams; nil to find it out.
  ///   - codec: how messages are read.
  package init(framing: Framing?, codec: CodecChoice) { (self.framing, self.codec) = (framing, codec) }

  /// When ``tick(at:)`` must be called even if nothing happens; nil if never.
  package var deadline: TapTime? { conversations.values.compactMap(\.deadline).min() }

  /// Takes an event.
  ///
  /// - Parameters:
  ///   - event: what happened.
  ///   - isShown: whether messages are shown, and not only counted.
  /// - Returns: what to show.
  package mutating func add(_ event: TapEvent, isShown: Bool = true) -> [ShownEvent] {
    switch event {
    case .started(let start): return [.started(start)]
    case .connected(let number, let time):
      conversations[number] = ConversationView(number, framing: framing, codec: codec)
      return [.connected(number, time)]
    case .bytes(let number, let side, let time, _, let bytes):
      return change(number) { $0.add(bytes, from: side, at: time, isShown: isShown) }
    case .descriptors(let number, let side, let time, let count):
      return change(number) { $0.settle() } + [.descriptors(number, side, time, count: count)]
    case .unseen(let number, let side, _, let count): return change(number) { $0.pass(count, from: side) }
    case .ended(let number, let side, let time): return change(number) { $0.end(side, at: time) }
    case .reset(let number, let side, let time): return change(number) { $0.settle() } + [.reset(number, side, time)]
    case .failed(let number, let time, let reason):
      return change(number) { $0.settle() } + [.failed(number, time, reason)]
    case .closed(let number, let time):
      let shown = change(number) { $0.settle() }
      let totals = conversations.removeValue(forKey: number)?.totals ?? [:]
      return shown + [.closed(number, time, totals)]
    case .over(let time):
      return conversations.keys.sorted().flatMap { number in change(number) { $0.settle() } } + [.over(time)]
    }
  }

  /// Lets the time pass.
  package mutating func tick(at time: TapTime) -> [ShownEvent] {
    conversations.keys.sorted().flatMap { number in change(number) { $0.tick(at: time) } }
  }

  private mutating func change(
    _ number: Int, _ body: (inout ConversationView) -> [ShownEvent]
  ) -> [ShownEvent] {
    guard var conversation = conversations.removeValue(forKey: number) else { return [] }
    defer { conversations[number] = conversation }
    return body(&conversation).filter { !isKnown($0) }
  }

  /// Whether it only says again what was found for the connection before.
  private mutating func isKnown(_ event: ShownEvent) -> Bool {
    guard case .verdict(_, let verdict) = event else { return false }
    let same = lastVerdict?.framings == verdict.framingNames && (lastVerdict?.isCertain ?? false || !verdict.isCertain)
    if !same { lastVerdict = (verdict.framingNames, verdict.isCertain) }
    return same
  }
}
