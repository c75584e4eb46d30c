package import Cases
import Foundation

/// Reads what a process holds; after each case, anything that an endpoint should not hold is a failure.
package enum Ledger {
  /// The numbers of a process's open descriptors; nil if the system does not report them.
  package static func descriptors(of process: Int32) -> Set<Int32>? {
    entries("/proc/\(process)/fd").map { Set($0.compactMap { Int32($0) }) }
  }

  /// Finds what a process holds but should not.
  ///
  /// - Parameters:
  ///   - process: the endpoint's process id.
  ///   - own: the descriptors that it may have.
  ///   - known: the child processes that it may have.
  ///   - folder: the path of the case's folder; files in it must not be mapped.
  ///   - mapsAreChecked: whether to check mappings, which is the most expensive part.
  /// - Returns: the leaks; empty if the system does not report them.
  package static func leaks(
    of process: Int32, beyond own: Set<Int32>, children known: Set<String>, folder: String, mapsAreChecked: Bool
  ) -> [Leak] {
    var leaks: [Leak] = []
    for number in (descriptors(of: process) ?? []).subtracting(own).sorted() {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(number)")
      // No target means that the descriptor was closed after it was listed.
      if let target { leaks.append(.descriptor(number, target: target)) }
    }
    for child in children(of: process) where !known.contains(child) { leaks.append(.child(child)) }
    if mapsAreChecked, let maps = try? String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8) {
      for line in maps.split(separator: "\n") where line.contains(folder) {
        leaks.append(.map(String(line.split(separator: " ", maxSplits: 5).last ?? line)))
      }
    }
    return leaks
  }

  /// The ids of a process's children; empty if the system does not report them.
  package static func children(of process: Int32) -> [String] { children(of: process, thread: "\(process)") }

  /// The ids of the children of one of a process's threads.
  static func children(of process: Int32, thread: String) -> [String] {
    guard let file = fopen("/proc/\(process)/task/\(thread)/children", "re") else { return [] }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ").map(String.init)
  }

  /// The names in a folder; nil if it cannot be read.
  package static func entries(_ folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

extension Ledger {
  /// The peak of a process's memory in bytes; nil if the system does not report it.
  ///
  /// Resource usage is no substitute: it includes what the parent held when it started the process.
  ///
  /// - Parameters:
  ///   - memory: which memory.
  ///   - process: a process id, or `self`.
  /// - Returns: the number of bytes.
  static func peak(_ memory: Memory, of process: String) -> Int? {
    switch memory {
    case .addressSpace: status("VmPeak:", of: process)
    case .resident: status("VmHWM:", of: process)
    }
  }

  /// The value of a line of `/proc/PID/status` in bytes.
  private static func status(_ key: String, of process: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).compactMap({ Int($0) }).first
    else { return nil }
    return kilobytes * 1024
  }
}
