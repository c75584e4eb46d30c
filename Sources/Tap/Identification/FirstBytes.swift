package import Journal

/// The first bytes of each direction of each connection, as many as identification looks at.
package struct FirstBytes: Sendable {
  /// The connections, in the order in which they began.
  package private(set) var numbers: [Int] = []
  private var bytes: [Int: [TapSide: [UInt8]]] = [:]
  /// Directions of which bytes are missing: what comes after them is not looked at.
  private var isCut: [Int: Set<TapSide>] = [:]

  package init() {}

  /// Takes an event.
  package mutating func add(_ event: TapEvent) {
    switch event {
    case .bytes(let number, let side, _, _, let piece):
      if bytes[number] == nil { numbers.append(number) }
      let have = bytes[number, default: [:]][side]?.count ?? 0
      guard have < Identification.longestLook, isCut[number]?.contains(side) != true else { return }
      bytes[number, default: [:]][side, default: []] += piece.prefix(Identification.longestLook - have)
    case .unseen(let number, let side, _, _): isCut[number, default: []].insert(side)
    default: break
    }
  }

  /// What a connection speaks.
  package func verdict(on number: Int, choice: CodecChoice) -> Verdict {
    Identification(bytes[number] ?? [:], choice: choice).verdict
  }
}
