import Cases
import Foundation
import Runner

/// Where the adapters and vectors are.
struct Repository {
  /// The folder `interop`.
  let interop: String

  var vectors: String { "\(interop)/vectors" }

  /// The examples of the notes.
  var notes: String { "\(interop)/notes" }
  /// The folder of the conversations with programs that other people wrote.
  var wild: String { "\(interop)/wild" }

  /// Finds the repository from `PARLEY_INTEROP`, the running program's place, or the working folder, in this order.
  ///
  /// - Throws: ``HarnessError`` that tells where it looked.
  init() throws(HarnessError) {
    if let named = ProcessInfo.processInfo.environment["PARLEY_INTEROP"] {
      guard Self.isInterop(named) else {
        throw HarnessError(
          "PARLEY_INTEROP is \(named), and there is no PROTOCOL.md in it; name the folder interop of the repository.")
      }
      interop = URL(fileURLWithPath: named).standardizedFileURL.path
      return
    }
    let starts = [CommandLine.programFolder, FileManager.default.currentDirectoryPath]
    for start in starts {
      var folder = URL(fileURLWithPath: start)
      while folder.path != "/" {
        let candidate = folder.appendingPathComponent("interop").path
        if Self.isInterop(candidate) {
          interop = candidate
          return
        }
        folder.deleteLastPathComponent()
      }
    }
    throw HarnessError(
      "There is no folder interop with a PROTOCOL.md above \(starts.joined(separator: " or ")); set PARLEY_INTEROP to it."
    )
  }

  private static func isInterop(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/PROTOCOL.md")
  }
}

extension CommandLine {
  /// The running program's own path.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? Bundle.main.executablePath ?? arguments[0]
  }

  /// The folder that the running program is in.
  static var programFolder: String { URL(fileURLWithPath: program).deletingLastPathComponent().path }
}
