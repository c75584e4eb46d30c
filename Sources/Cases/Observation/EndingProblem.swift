/// What was wrong with an endpoint's shutdown.
package enum EndingProblem: Equatable, Sendable {
  /// It ended, but not with exit status 0.
  case status(ProcessEnd)
  /// It had to be ended with `SIGTERM`.
  case terminated
  /// It ignored `SIGTERM` and had to be killed.
  case killed
}

extension EndingProblem: CustomStringConvertible {
  /// A phrase for messages, to follow a subject.
  package var description: String {
    switch self {
    case .status(let end): "\(end) at the end of its input; it must exit 0"
    case .terminated: "did not exit at the end of its input and had to be ended with SIGTERM"
    case .killed: "did not exit at the end of its input, ignored SIGTERM and had to be killed"
    }
  }
}
