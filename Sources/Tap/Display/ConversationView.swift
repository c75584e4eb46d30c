import Journal
import WireFormats

/// What one tapped connection looks like: it takes the bytes of both directions, decides what they are, and hands out messages.
///
/// Pure: bytes and times go in, events to show come out. It holds a bounded number of bytes whatever goes by.
struct ConversationView {
  /// How long to wait for more bytes before deciding what they are, in microseconds.
  static let patience = 250_000
  /// The bytes of a direction that are enough to decide.
  private static let enough = 4096
  private let number: Int
  private let framing: Framing?
  private let codec: CodecChoice
  private var state: State
  private var counts: [TapSide: ShownEvent.Count] = [:]
  /// Whether a side has posed a challenge that the other has not answered.
  private var hasChallenged: Set<TapSide> = []
  /// Where bytes are not taken for frames any more.
  private var isRaw: Set<TapSide> = []

  private enum State {
    /// Bytes are kept until it is known what they are.
    case deciding([Held], since: TapTime?)
    case decided([TapSide: FrameWalker])
  }

  /// Bytes that came before the decision.
  private struct Held {
    var side: TapSide
    var time: TapTime
    var bytes: [UInt8]
  }

  init(_ number: Int, framing: Framing?, codec: CodecChoice) {
    (self.number, self.framing, self.codec) = (number, framing, codec)
    state =
      framing.map { framing in
        .decided(Dictionary(uniqueKeysWithValues: TapSide.allCases.map { ($0, FrameWalker(framing)) }))
      } ?? .deciding([], since: nil)
  }

  /// When it must be asked again even if nothing happens; nil if never.
  var deadline: TapTime? {
    guard case .deciding(_, let since?) = state else { return nil }
    return TapTime(microseconds: since.microseconds + Self.patience)
  }

  /// Takes bytes of one direction.
  ///
  /// - Parameters:
  ///   - bytes: the bytes, not empty.
  ///   - side: who sent them.
  ///   - time: when.
  ///   - isShown: whether messages are shown, and not only counted.
  /// - Returns: what to show.
  mutating func add(_ bytes: [UInt8], from side: TapSide, at time: TapTime, isShown: Bool = true) -> [ShownEvent] {
    counts[side, default: .init()].bytes += bytes.count
    guard case .deciding(var held, let since) = state else { return show(bytes[...], side, time, isShown) }
    state = .deciding([], since: nil)
    held.append(Held(side: side, time: time, bytes: bytes))
    state = .deciding(held, since: since ?? time)
    let lengths = TapSide.allCases.map { side in held.reduce(0) { $0 + ($1.side == side ? $1.bytes.count : 0) } }
    let isAnswered = lengths.allSatisfy { $0 > 0 }
    guard isAnswered || lengths.contains(where: { $0 >= Self.enough }) else { return [] }
    return decide(mustBeCertain: lengths.allSatisfy { $0 < Identification.longestLook } && held.count < 64)
  }

  /// Decides with what there is, if it has waited long enough.
  mutating func tick(at time: TapTime) -> [ShownEvent] {
    guard let deadline, deadline <= time else { return [] }
    return decide(mustBeCertain: false)
  }

  /// Decides with what there is.
  mutating func settle() -> [ShownEvent] { decide(mustBeCertain: false) }

  /// Passes over bytes that were not looked at.
  mutating func pass(_ count: Int, from side: TapSide) -> [ShownEvent] {
    var shown = settle()
    counts[side, default: .init()].bytes += count
    guard case .decided(var walkers) = state else { return shown }
    var isLost = true
    if !isRaw.contains(side) {
      state = .decided([:])
      isLost = !(walkers[side]?.skip(count) ?? false)
      state = .decided(walkers)
      if isLost { isRaw.insert(side) }
    }
    shown.append(.unseen(number, side, count: count, isLost ? .framing : .bytes))
    return shown
  }

  /// Records that a side sends no more.
  mutating func end(_ side: TapSide, at time: TapTime) -> [ShownEvent] {
    var shown: [ShownEvent] = []
    guard case .decided(let walkers) = state else { return decideIfEnded(side, time) }
    let unfinished = isRaw.contains(side) ? 0 : walkers[side]?.unfinishedCount ?? 0
    if unfinished > 0, let walker = walkers[side] {
      shown.append(.chunk(number, side, time, offset: walker.unfinishedOffset, walker.unfinished))
    }
    return shown + [.ended(number, side, time, unfinished: unfinished)]
  }

  /// What went by.
  var totals: [TapSide: ShownEvent.Count] { counts }

  private mutating func decideIfEnded(_ side: TapSide, _ time: TapTime) -> [ShownEvent] {
    let shown = settle()
    guard case .decided = state else { return shown + [.ended(number, side, time, unfinished: 0)] }
    return shown + end(side, at: time)
  }

  private mutating func decide(mustBeCertain: Bool) -> [ShownEvent] {
    guard case .deciding(let held, _) = state, !held.isEmpty else { return [] }
    var bytes: [TapSide: [UInt8]] = [:]
    for piece in held { bytes[piece.side, default: []] += piece.bytes }
    let verdict = Identification(bytes, choice: codec).verdict
    if mustBeCertain && !verdict.isCertain { return [] }
    state = .decided(
      Dictionary(
        uniqueKeysWithValues: TapSide.allCases.map { ($0, FrameWalker(verdict.framings[$0] ?? .none)) }))
    return [.verdict(number, verdict)] + held.flatMap { show($0.bytes[...], $0.side, $0.time, true) }
  }

  private mutating func show(
    _ bytes: ArraySlice<UInt8>, _ side: TapSide, _ time: TapTime, _ isShown: Bool
  ) -> [ShownEvent] {
    guard case .decided(var walkers) = state, var walker = walkers[side] else { return [] }
    if isRaw.contains(side) {
      guard isShown else { return [] }
      let offset = (counts[side]?.bytes ?? bytes.count) - bytes.count
      return [.chunk(number, side, time, offset: offset, Array(bytes))]
    }
    // The walker must have one owner while it works, or its buffers are copied.
    walkers[side] = nil
    state = .decided(walkers)
    var frames: [FrameWalker.Frame] = []
    var passed = 0
    walker.append(bytes) { frame in
      if isShown { frames.append(frame) } else { passed += 1 }
    }
    counts[side, default: .init()].messages += frames.count + passed
    var shown = frames.map { message($0, side, time) }
    if passed > 0 { shown.append(.unseen(number, side, count: passed, .messages)) }
    if let failure = walker.failure {
      isRaw.insert(side)
      shown.append(
        .wrong(number, side, offset: failure.offset, framing: walker.framing, reason: failure.error.description))
      if !failure.rest.isEmpty { shown.append(.chunk(number, side, time, offset: failure.offset, failure.rest)) }
    }
    walkers[side] = walker
    state = .decided(walkers)
    return shown
  }

  private mutating func message(_ frame: FrameWalker.Frame, _ side: TapSide, _ time: TapTime) -> ShownEvent {
    var content: Content?
    if frame.isWhole {
      let read = Content(frame.payload, as: codec, answersChallenge: hasChallenged.contains(side.other))
      if case .handshake(let message) = read {
        if case .challenge = message { hasChallenged.insert(side) }
        if case .answer = message { hasChallenged.remove(side.other) }
      } else {
        hasChallenged.remove(side.other)
      }
      content = read
    }
    return .message(
      number, side, time,
      ShownMessage(offset: frame.offset, length: frame.length, payload: frame.payload, content: content))
  }
}
