import Journal

/// What the page tells of the baseline: its entries, each written once, and the cases that they list.
struct PageBaseline: Encodable {
  struct Entry: Encodable {
    var place: String
    var pattern: String
    var reason: String
    var link: String?
    /// What is to be done if a case of it passes.
    var isOneCase: Bool
  }

  struct Flaky: Encodable {
    /// The place of its entry, or nil if the page has no room for that.
    var entry: Int?
    var tries: Int
    var retries: Int
    /// What was seen at each try before the last, as far as there is room for it.
    var seen: [String] = []
  }

  var entries: [Entry] = []
  /// For each case that is a known failure, or should be one, the places of the entries.
  var known: [Int: [Int]] = [:]
  /// The cases that are listed as flaky and did not pass at once.
  var flaky: [Int: Flaky] = [:]
  var stale: [Entry] = []
  var staleLeftOut = 0
  private var places: [BaselineEntryRecord: Int] = [:]
  private var room = Self.room

  private enum CodingKeys: CodingKey { case entries, known, flaky, stale, staleLeftOut }

  /// The most bytes of texts, which are of a baseline or an adapter: see ``DetailSelection``.
  private static let room = 500_000
  private static let shownStale = 100
  private static let longestText = 300

  init(_ run: WholeRun) {
    stale = run.summary.stale.prefix(Self.shownStale).map(Self.entry)
    staleLeftOut = run.summary.stale.count - stale.count
    for (index, record) in run.cases.enumerated() {
      let places = (record.known ?? []).compactMap { place(of: $0) }
      if !places.isEmpty { known[index] = places }
      guard let flaky = record.flaky, !flaky.failures.isEmpty else { continue }
      var short = Flaky(entry: place(of: flaky.entry), tries: flaky.tries, retries: flaky.retries)
      for failure in flaky.failures {
        let seen = String(failure.seen.prefix(Self.longestText))
        guard take(DetailSelection.size(seen)) else { break }
        short.seen.append(seen)
      }
      self.flaky[index] = short
    }
  }

  private mutating func place(of record: BaselineEntryRecord) -> Int? {
    if let place = places[record] { return place }
    let entry = Self.entry(record)
    guard
      take([entry.place, entry.pattern, entry.reason, entry.link ?? ""].reduce(60) { $0 + DetailSelection.size($1) })
    else {
      return nil
    }
    places[record] = entries.count
    entries.append(entry)
    return entries.count - 1
  }

  private mutating func take(_ size: Int) -> Bool {
    guard size <= room else { return false }
    room -= size
    return true
  }

  private static func entry(_ record: BaselineEntryRecord) -> Entry {
    func short(_ text: String) -> String { String(text.prefix(longestText)) }
    return Entry(
      place: short(record.place), pattern: short(record.pattern), reason: short(record.reason),
      link: record.link.map(short), isOneCase: record.isOneCase)
  }
}
