import Journal

/// What an adapter does not declare, and how many cases are unsupported for it.
struct AdapterLack: Equatable, Sendable {
  let adapter: String
  private(set) var count = 0
  private var names: [LackRecord.Kind: Set<String>] = [:]

  init(adapter: String) { self.adapter = adapter }

  mutating func add(_ lack: LackRecord) {
    count += 1
    names[lack.kind, default: []].insert(lack.name)
  }

  /// A line: `c does not declare: transports manager-queue; codecs json, pickle (13 cases unsupported)`.
  ///
  /// - Parameter name: how a name is written, which a journal may have from anywhere.
  /// - Returns: the line, without a line feed.
  func words(_ name: (String) -> String = { $0 }) -> String {
    func part(_ kind: LackRecord.Kind) -> String? {
      names[kind].map { "\(kind.rawValue)s \(name($0.sorted().joined(separator: ", ")))" }
    }
    let lacks = LackRecord.Kind.allCases.filter { $0 != .limit }.compactMap(part).joined(separator: "; ")
    let parts = [lacks.isEmpty ? nil : "does not declare: \(lacks)", part(.limit).map { "declares the \($0)" }]
    let cases = "\(count) \(count == 1 ? "case" : "cases")"
    return "\(name(adapter)) \(parts.compactMap(\.self).joined(separator: ", and ")) (\(cases) unsupported)"
  }
}

extension RunSummary {
  /// What each adapter does not declare though cases need it, in the order of the adapters.
  var lacks: [AdapterLack] {
    let order = Dictionary(adapters.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    return lacksByAdapter.values.sorted {
      (order[$0.adapter] ?? .max, $0.adapter) < (order[$1.adapter] ?? .max, $1.adapter)
    }
  }

  /// The channels that the matrix shows: those on which a case is not unsupported.
  var shownChannels: [String] {
    channels.filter { channel in
      (cells[channel] ?? [:]).values.contains { $0.counts.contains { $0.key != .unsupported && $0.value > 0 } }
    }
  }

  /// How many channels the matrix does not show, in a sentence; nil for none.
  var hiddenChannels: String? {
    let shown = Set(shownChannels)
    let hidden = channels.filter { !shown.contains($0) }
    guard let first = hidden.first else { return nil }
    return hidden.count == 1
      ? "1 channel is not shown, since every case on it is unsupported: \(first)"
      : "\(hidden.count) channels are not shown, since every case on them is unsupported: "
        + hidden.prefix(3).joined(separator: ", ") + (hidden.count > 3 ? " and others" : "")
  }
}
