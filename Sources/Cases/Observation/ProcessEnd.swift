import Foundation

/// How a process ended.
package enum ProcessEnd: Equatable, Sendable {
  /// It exited, with this status.
  case exited(Int32)
  /// A signal ended it.
  case killed(signal: Int32)
}

extension ProcessEnd: CustomStringConvertible {
  /// A phrase for messages, to follow a subject: "exited with status 3".
  package var description: String {
    switch self {
    case .exited(let status): "exited with status \(status)"
    case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
