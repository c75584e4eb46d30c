import Journal

/// What the page tells of one case besides its line.
struct CaseDetail: Encodable {
  var failure: Failure?
  var transcript: Transcript?
  /// What is not there, since the page has no room for it.
  var leftOut: Part?

  enum Part: String, Encodable {
    case endpoints
    case transcript
  }
}

/// The details that fit into a page: those of failures first, so that any number of cases gives a page that opens at once.
struct DetailSelection {
  private(set) var details: [Int: CaseDetail] = [:]

  /// The most bytes of each kind of detail.
  ///
  /// Together with the lines of 10,000 cases they stay below 5 MB.
  private static let roomForFailures = 1_000_000
  private static let roomForTranscripts = 1_000_000
  private static let roomForPassed = 750_000
  /// The most bytes of one text that an endpoint wrote.
  private static let longestText = 20_000

  init(_ cases: [CaseRecord]) {
    var (failures, transcripts, passed) = (Self.roomForFailures, Self.roomForTranscripts, Self.roomForPassed)
    for (index, record) in cases.enumerated() where record.failure != nil || record.transcript != nil {
      if record.outcome == .passed, record.failure == nil {
        guard let transcript = record.transcript, Self.take(Self.texts(transcript), of: &passed) else { continue }
        details[index] = CaseDetail(transcript: transcript)
        continue
      }
      var detail = CaseDetail(failure: record.failure.map(Self.bounded), transcript: record.transcript)
      if let failure = detail.failure, !Self.take(Self.texts(failure), of: &failures) {
        detail.failure = Self.essence(failure)
        detail.leftOut = .endpoints
      }
      if let transcript = detail.transcript, !Self.take(Self.texts(transcript), of: &transcripts) {
        detail.transcript = nil
        detail.leftOut = detail.leftOut ?? .transcript
      }
      details[index] = detail
    }
  }

  /// Takes the room of some texts, and of what goes with them, if there is enough of it.
  private static func take(_ texts: [String], of room: inout Int) -> Bool {
    // Most of 10,000 failures are refused, so the count that costs nothing comes first.
    guard texts.reduce(0, { $0 + $1.utf8.count }) < room else { return false }
    let size = texts.reduce(300) { $0 + Self.size($1) }
    guard size <= room else { return false }
    room -= size
    return true
  }

  private static func bounded(_ failure: Failure) -> Failure {
    var failure = failure
    // `PageRules` has them, each text once.
    (failure.rule, failure.advice) = (nil, nil)
    failure.expected = shortened(failure.expected, longestText)
    failure.seen = shortened(failure.seen, longestText)
    for index in failure.endpoints.indices {
      failure.endpoints[index].standardError = shortened(failure.endpoints[index].standardError, longestText)
    }
    return failure
  }

  /// Whose fault it is and what was seen, in a few words.
  private static func essence(_ failure: Failure) -> Failure {
    Failure(
      blame: failure.blame, blamed: failure.blamed, expected: shortened(failure.expected, 40),
      seen: shortened(failure.seen, 60))
  }

  private static func shortened(_ text: String, _ size: Int) -> String {
    text.utf8.count <= size ? text : String(decoding: text.utf8.prefix(size), as: UTF8.self) + "…"
  }

  private static func texts(_ transcript: Transcript) -> [String] { transcript.lines + transcript.chunks }

  private static func texts(_ failure: Failure) -> [String] {
    [failure.expected, failure.seen, failure.difference?.expected ?? "", failure.difference?.seen ?? ""]
      + failure.endpoints.flatMap { [$0.name, $0.standardError] + $0.commands }
  }

  /// What a text takes in the page, where some characters are written as `\u003c` is.
  static func size(_ text: String) -> Int {
    text.utf8.reduce(4) { sum, byte in
      switch byte {
      case ..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"): sum + 6
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): sum + 2
      default: sum + 1
      }
    }
  }
}
