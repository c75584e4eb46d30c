import Journal

/// What the page tells of one case besides its line.
struct CaseDetail: Encodable {
  var failure: Failure?
  var transcript: Transcript?
  /// What is not there, and why.
  var leftOut: String?
}

/// The details that fit into a page: those of failures first, so that any number of cases gives a page that opens at once.
struct DetailSelection {
  private(set) var details: [Int: CaseDetail] = [:]

  /// The most bytes of each kind of detail.
  ///
  /// Together with the lines of 10,000 cases they stay below 5 MB.
  private static let roomForFailures = 1_500_000
  private static let roomForTranscripts = 1_500_000
  private static let roomForPassed = 750_000
  /// The most bytes of one text that an endpoint wrote.
  private static let longestText = 20_000

  init(_ cases: [CaseRecord]) {
    var (failures, transcripts, passed) = (Self.roomForFailures, Self.roomForTranscripts, Self.roomForPassed)
    for (index, record) in cases.enumerated() where record.failure != nil || record.transcript != nil {
      if record.outcome == .passed, record.failure == nil {
        guard let transcript = record.transcript, Self.take(Self.size(transcript), of: &passed) else { continue }
        details[index] = CaseDetail(transcript: transcript)
        continue
      }
      var detail = CaseDetail(failure: record.failure.map(Self.bounded), transcript: record.transcript)
      if let failure = detail.failure, !Self.take(Self.size(failure), of: &failures) {
        detail.failure = Self.essence(failure)
        detail.leftOut = Self.note("What the endpoints said and wrote to standard error")
      }
      if let transcript = detail.transcript, !Self.take(Self.size(transcript), of: &transcripts) {
        detail.transcript = nil
        detail.leftOut = detail.leftOut ?? Self.note("The transcript")
      }
      details[index] = detail
    }
  }

  private static func note(_ what: String) -> String {
    "\(what) of this case is left out to keep the page small. The journal has it: run this case alone, or look there."
  }

  /// Takes from a room if there is enough of it.
  private static func take(_ size: Int, of room: inout Int) -> Bool {
    guard size <= room else { return false }
    room -= size
    return true
  }

  private static func bounded(_ failure: Failure) -> Failure {
    var failure = failure
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
      blame: failure.blame, blamed: failure.blamed, expected: shortened(failure.expected, 60),
      seen: shortened(failure.seen, 100))
  }

  private static func shortened(_ text: String, _ size: Int) -> String {
    text.utf8.count <= size ? text : String(decoding: text.utf8.prefix(size), as: UTF8.self) + "…"
  }

  private static func size(_ transcript: Transcript) -> Int {
    (transcript.lines + transcript.chunks).reduce(40) { $0 + $1.utf8.count + 4 }
  }

  private static func size(_ failure: Failure) -> Int {
    let texts =
      [failure.expected, failure.seen, failure.difference?.expected ?? "", failure.difference?.seen ?? ""]
      + failure.endpoints.flatMap { [$0.name, $0.standardError] + $0.commands }
    return texts.reduce(300) { $0 + $1.utf8.count + 4 }
  }
}
