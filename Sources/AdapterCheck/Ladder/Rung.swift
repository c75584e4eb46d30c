import Cases
import Runner

/// A step of the ladder that `parley adapter check` climbs.
///
/// The order is the order in which an adapter is best written.
package enum Rung: String, CaseIterable, Sendable {
  /// The manifest can be read.
  case manifest
  /// What it needs is there, and its program can be made.
  case build
  /// The program starts, and answers `hello` with a declaration.
  case hello
  /// Commands that make no sense are refused, each with the right kind.
  case nonsense
  /// Nothing but replies came on standard output.
  case output
  /// The program goes at the end of its input, and leaves nothing behind.
  case ending
  /// What `hello` does not name is `unsupported`.
  case undeclared
  /// A greeting on every declared transport and framing, against Swift.
  case transports
  /// Every scenario, framing by framing, against Swift.
  case framings
  /// The declared optional verbs.
  case features
  /// Every scenario against every other adapter.
  case others

  /// What it comes down to, in a few words.
  package var title: String {
    switch self {
    case .manifest: "reads adapter.yml"
    case .build: "builds"
    case .hello: "starts and answers hello"
    case .nonsense: "refuses nonsense"
    case .output: "keeps standard output clean"
    case .ending: "exits at the end of input"
    case .undeclared: "refuses what it does not declare"
    case .transports: "greets over each transport"
    case .framings: "every scenario, with swift"
    case .features: "optional verbs"
    case .others: "with every other adapter"
    }
  }
}

/// Something to tell while the ladder is climbed.
package enum LadderEvent: Sendable {
  /// A rung was reached; what there is to say of it.
  case passed(Rung, String)
  /// A rung that nothing was declared for.
  case skipped(Rung, String)
  /// The first thing that is wrong. Nothing follows but what was noted.
  case failed(Stumble)
  /// Something that is no failure and should be known.
  case note(String)
  /// Something that was measured.
  case measured(String)
  /// What to do next.
  case next(String)
}
