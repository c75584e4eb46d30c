import Foundation

/// Swift's adapter program, which is built beside the tests.
enum Endpoint {
  static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("parley-endpoint").path
  }()

  /// What a process has open beyond its standard streams, and maps of shared memory, semaphores and a folder.
  static func holdings(of process: pid_t, in folder: String) throws -> [String] {
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap { Int($0) }
    let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8).split(separator: "\n")
    return descriptors.filter { $0 > 2 }.sorted().map { "descriptor \($0)" }
      + maps.filter { $0.contains(folder) || $0.contains("/dev/shm") }.map(String.init)
  }
}
