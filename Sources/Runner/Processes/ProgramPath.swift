import Cases
import Foundation

/// Finds the program that a manifest names.
package enum ProgramPath {
  /// Resolves the first word of a command.
  ///
  /// - Parameters:
  ///   - word: a path with a slash, relative to the folder; `{parley}/…`, beside the running program; or a name on PATH.
  ///   - folder: the adapter's folder.
  /// - Returns: an absolute path to an executable file, or nil.
  package static func resolve(_ word: String, in folder: String) -> String? {
    if word.hasPrefix("{parley}/") {
      return executable(besideParley + "/" + word.dropFirst("{parley}/".count))
    }
    if word.contains("/") {
      return executable(word.hasPrefix("/") ? word : folder + "/" + word)
    }
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in search.split(separator: ":") {
      if let found = executable("\(directory)/\(word)") { return found }
    }
    return nil
  }

  /// The path of the folder with the running program and the other programs of the package.
  package static let besideParley: String = {
    #if os(Linux)
    let path =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    #else
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
    return URL(fileURLWithPath: path).deletingLastPathComponent().path
  }()

  private static func executable(_ path: String) -> String? {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
      FileManager.default.isExecutableFile(atPath: path)
    else { return nil }
    return path
  }
}
