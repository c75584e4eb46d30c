package import Cases
import Foundation

/// What a process holds: the runner looks after each case, and what an endpoint should not hold is a failure.
package enum Ledger {
  /// The numbers of a process's open descriptors, or nil where the system does not tell.
  package static func descriptors(of process: Int32) -> Set<Int32>? {
    entries("/proc/\(process)/fd").map { Set($0.compactMap { Int32($0) }) }
  }

  /// Describes what a process holds beyond what it may.
  ///
  /// - Parameters:
  ///   - process: the endpoint.
  ///   - own: the descriptors that it may have.
  ///   - known: the child processes that it may have.
  ///   - folder: the case's folder; maps of files in it must be gone.
  ///   - mapsAreChecked: whether the case mapped a file. Reading the maps is the most expensive part.
  /// - Returns: what it should not hold; nothing where the system does not tell.
  package static func leaks(
    of process: Int32, beyond own: Set<Int32>, children known: Set<String>, folder: String, mapsAreChecked: Bool
  ) -> [Leak] {
    var leaks: [Leak] = []
    for number in (descriptors(of: process) ?? []).subtracting(own).sorted() {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(number)")
      // The listing itself can catch a descriptor that is being closed.
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

  /// The ids of a process's children; nothing where the system does not tell.
  package static func children(of process: Int32) -> [String] {
    guard let file = fopen("/proc/\(process)/task/\(process)/children", "re") else { return [] }
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
  /// The most memory that a process has held, in bytes, or nil where the system does not tell.
  ///
  /// Not from the process's resource usage: that counts what its parent held when it was started.
  ///
  /// - Parameter process: its id, or `self`.
  /// - Returns: the number of bytes.
  static func peakMemory(of process: String) -> Int? { status("VmHWM:", of: process) }

  /// The most address space that a process has reserved, in bytes, or nil where the system does not tell.
  ///
  /// - Parameter process: its id, or `self`.
  /// - Returns: the number of bytes.
  static func peakAddressSpace(of process: String) -> Int? { status("VmPeak:", of: process) }

  /// A line of a process's status, in bytes.
  private static func status(_ key: String, of process: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).compactMap({ Int($0) }).first
    else { return nil }
    return kilobytes * 1024
  }
}
