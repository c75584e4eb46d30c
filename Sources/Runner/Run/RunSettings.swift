import Cases

/// What all cases of a run share.
struct RunSettings: Sendable {
  var vectors: GoldenVectors
  var payloads: PayloadFiles
  /// The pages of the adapter protocol, for the rules that failures break.
  var pages: ProtocolPages
  /// How long a command may take, in seconds.
  var deadline: Double
  var isTapped: Bool
  var isFresh: Bool
  var environment: [String: String]
  /// What the endpoints have as `TMPDIR`.
  var temporaryFolder: String
  /// Whether the files of the cases stay in the workspace.
  var keepsFiles = false
  /// Is called before each case that is tried, when both its processes are up.
  var beforeCase: (@Sendable (ReadyCase) -> Void)?
}
