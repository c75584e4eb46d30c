import Foundation

/// How a process ended.
package enum ProcessEnd: Equatable, Sendable {
  /// By itself, with a status.
  case exited(Int32)
  /// By a signal.
  case killed(signal: Int32)
}

extension ProcessEnd: CustomStringConvertible {
  /// What people are told, to follow a subject: "exited with status 3".
  package var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
