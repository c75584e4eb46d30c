/// What all cases of a run share.
struct RunSettings: Sendable {
  var vectors: GoldenVectors
  var payloads: PayloadFiles
  /// How long a command may take, in seconds.
  var deadline: Double
  var isTapped: Bool
  var isFresh: Bool
  var environment: [String: String]
  /// What the endpoints have as `TMPDIR`.
  var temporaryFolder: String
}
