import Cases

/// The settings that all cases of a run share.
struct RunSettings: Sendable {
  var vectors: GoldenVectors
  var payloads: PayloadFiles
  /// The pages of the adapter protocol; failures quote their rules.
  var pages: ProtocolPages
  /// The timeout of a command in seconds.
  var deadline: Double
  /// The timeout of an endpoint's start in seconds.
  var startDeadline: Double
  var isTapped: Bool
  var isFresh: Bool
  var environment: [String: String]
  /// The endpoints' `TMPDIR`.
  var temporaryFolder: String
  /// How many descriptors the endpoints of a job may use.
  var descriptors = DescriptorBudget.unlimited
  /// Whether processes without a parent come to this process, which must reap them.
  var reapsStrays = false
  /// Whether to keep the cases' files in the workspace.
  var keepsFiles = false
  /// Called before each case, when both its processes have started.
  var beforeCase: (@Sendable (ReadyCase) -> Void)?
}
