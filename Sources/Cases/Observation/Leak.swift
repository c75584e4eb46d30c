/// Something that an endpoint still holds after `reset` but should not.
package enum Leak: Equatable, Sendable {
  /// An open descriptor, and what it refers to.
  case descriptor(Int32, target: String)
  /// A child process.
  case child(String)
  /// A mapping of one of the case's files.
  case map(String)
  /// A POSIX shared memory object or similar, by its path.
  case sharedMemory(String)
}

extension Leak: CustomStringConvertible {
  /// A phrase, such as "descriptor 7 (/tmp/x)".
  package var description: String {
    switch self {
    case .descriptor(let number, let target): "descriptor \(number) (\(target))"
    case .child(let id): "child process \(id)"
    case .map(let path): "map of \(path)"
    case .sharedMemory(let path): path
    }
  }
}

extension Leak {
  /// Whether a runtime may have opened it for itself: a pipe, or a file of the system that no case is about.
  package var mayBeTheRuntimes: Bool {
    guard case .descriptor(_, let target) = self else { return false }
    return target.hasPrefix("pipe:") || target.hasPrefix("/sys/") || target.hasPrefix("/proc/")
  }
}
