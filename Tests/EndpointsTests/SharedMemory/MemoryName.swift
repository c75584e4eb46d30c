import Foundation

/// A name for shared memory or a semaphore that nobody has; what has it at the end goes.
final class MemoryName: Sendable {
  /// With its slash.
  let name = "/psm_test_\(UInt64.random(in: 0...UInt64.max))"

  /// Without its slash, as Python has it.
  var word: String { String(name.dropFirst()) }

  /// Whether there is an object of the name.
  var exists: Bool { FileManager.default.fileExists(atPath: "/dev/shm\(name)") }

  /// The names of the objects that begin with it.
  var all: [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
    return entries.filter { $0.hasPrefix(word) || $0.hasPrefix("sem.\(word)") }.sorted()
  }

  deinit {
    for entry in all { unlink("/dev/shm/\(entry)") }
  }
}
