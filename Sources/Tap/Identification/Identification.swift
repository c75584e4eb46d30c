package import Journal
import WireFormats

/// Finds out what two programs speak, from the first bytes of both directions.
///
/// Each known framing is tried on each direction. A framing that the bytes contradict is out. The others are weighed by bits of
/// evidence: how improbable it is that bytes of another kind look like this.
package struct Identification: Sendable {
  /// The most bytes of a direction that are looked at.
  package static let longestLook = 64 << 10
  /// How far ahead the best must be, in bits, to be called certain.
  private static let clearLead = 10.0
  /// The least evidence, in bits, for anything.
  private static let leastEvidence = 8.0
  /// What speaks against directions with different framings, in bits.
  private static let costOfDifference = 20.0

  private var fits: [TapSide: [FramingFit]] = [:]
  private let sides: [TapSide]

  /// Looks at the bytes.
  ///
  /// - Parameters:
  ///   - bytes: the first bytes of each direction, as far as they are known.
  ///   - choice: how messages are read.
  package init(_ bytes: [TapSide: [UInt8]], choice: CodecChoice = .auto) {
    sides = TapSide.allCases.filter { !(bytes[$0] ?? []).isEmpty }
    let hasChallenge = bytes.values.contains { $0.prefix(512).contains(HandshakeMessage.mark) }
    for side in sides {
      let look = Array((bytes[side] ?? []).prefix(Self.longestLook))
      fits[side] = WireNames.candidates.map { FramingFit($0, on: look, choice: choice, hasChallenge: hasChallenge) }
    }
  }

  /// What it is.
  ///
  /// Without any framing that fits, messages are what one call has read.
  package var verdict: Verdict {
    let common = ranked { framing in
      let found = sides.compactMap { side in fits[side]?.first { $0.framing == framing } }
      guard found.allSatisfy({ $0.failure == nil }) else { return nil }
      return found.reduce(0) { $0 + $1.evidence }
    }
    let single = sides.map { side in
      ranked { framing in
        fits[side]?.first { $0.framing == framing && $0.failure == nil }?.evidence
      }
    }
    if sides.count == 2, let client = single[0].first, let server = single[1].first, client.framing != server.framing,
      client.evidence >= Self.leastEvidence, server.evidence >= Self.leastEvidence,
      client.evidence + server.evidence - Self.costOfDifference > common.first?.evidence ?? 0
    {
      return verdict([.client: client.framing, .server: server.framing], among: [])
    }
    guard let best = common.first, best.evidence >= Self.leastEvidence else { return unframed }
    return verdict(Dictionary(uniqueKeysWithValues: TapSide.allCases.map { ($0, best.framing) }), among: common)
  }

  private typealias Ranking = [(framing: Framing, evidence: Double)]

  private func ranked(_ evidence: (Framing) -> Double?) -> Ranking {
    WireNames.candidates.enumerated().compactMap { index, framing in
      evidence(framing).map { (index: index, framing: framing, evidence: $0) }
    }.sorted { ($1.evidence, $0.index) < ($0.evidence, $1.index) }.map { ($0.framing, $0.evidence) }
  }

  private func verdict(_ framings: [TapSide: Framing], among ranking: Ranking) -> Verdict {
    let chosen = sides.compactMap { side in fits[side]?.first { $0.framing == framings[side] } }
    var alternatives: [Verdict.Alternative] = []
    var isCertain = true
    for (framing, evidence) in ranking.dropFirst() where evidence >= Self.leastEvidence {
      let other = sides.compactMap { side in fits[side]?.first { $0.framing == framing } }
      let isSameCut = zip(chosen, other).allSatisfy { $0.bounds == $1.bounds }
      let isNear = (ranking.first?.evidence ?? 0) - evidence < Self.clearLead
      if isNear && !isSameCut { isCertain = false }
      guard isNear || isSameCut else { continue }
      alternatives.append(
        Verdict.Alternative(
          framing: framing,
          reason: isSameCut ? "the same messages: \(framing.explanation)" : Self.phrase(other), isSameCut: isSameCut))
    }
    let total = chosen.reduce(0) { $0 + $1.evidence }
    if total < 2 * Self.clearLead { isCertain = false }
    return Verdict(
      framings: framings, contents: Self.contents(chosen), reason: Self.phrase(chosen), alternatives: alternatives,
      isCertain: isCertain)
  }

  private var unframed: Verdict {
    Verdict(
      framings: Dictionary(uniqueKeysWithValues: TapSide.allCases.map { ($0, Framing.none) }), contents: [],
      reason: "no known framing explains the bytes, so each read is shown by itself", alternatives: [], isCertain: false
    )
  }

  /// The contents of all messages, the most frequent first.
  private static func contents(_ fits: [FramingFit]) -> [String] { counts(fits).map(\.key) }

  private static func counts(_ fits: [FramingFit]) -> [(key: String, value: Int)] {
    fits.reduce(into: [String: Int]()) { $0.merge($1.contents, uniquingKeysWith: +) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
  }

  /// What was found, such as `3 messages, each with a line feed after it: 2 json, 1 text`.
  private static func phrase(_ fits: [FramingFit]) -> String {
    let count = fits.reduce(0) { $0 + $1.frames.count }
    let marks = Set(fits.map(\.framing.explanation)).sorted().joined(separator: ", or ")
    guard count > 0 else {
      let length = fits.compactMap(\.announcedLength).first ?? 0
      return "the beginning of a frame of \(length) bytes, with \(marks)"
    }
    let known = counts(fits)
    let looked = known.reduce(0) { $0 + $1.value }
    let contents =
      (looked < count && looked > 0 ? "of the first, " : "")
      + known.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return
      "\(count) \(count == 1 ? "message" : "messages, each") with \(marks)\(contents.isEmpty ? "" : ": \(contents)")"
  }
}

extension FramingFit {
  /// Where messages begin and how long they are, as far as whole ones were found.
  fileprivate var bounds: [Range<Int>] {
    frames.map { ($0.offset + $0.prefix)..<($0.offset + $0.prefix + $0.length) }
  }
}
