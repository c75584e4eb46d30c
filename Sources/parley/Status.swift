import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

/// The exit status of `parley`.
enum Status {
  static let failed: Int32 = 1
  static let usage: Int32 = 2
  static let harness: Int32 = 3
  static let interrupted: Int32 = 130

  /// Prints what there is to say of an error, and returns its status.
  static func code(for error: any Error) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if let error = error as? HarnessError, error.isUsage {
      complain("\(error)")
      return usage
    }
    if error is HarnessError || error is JournalFile.Failure {
      complain("\(error)")
      return harness
    }
    // What is left is the argument parser's: help was asked for, or the words are wrong.
    let code = Parley.exitCode(for: error)
    let message = Parley.fullMessage(for: error)
    if code.isSuccess {
      print(message)
      return 0
    }
    complain(message, prefix: "")
    return code == .validationFailure ? usage : harness
  }

  /// Writes to standard error.
  static func complain(_ message: String, prefix: String = "parley: ") {
    FileHandle.standardError.writeReport("\(prefix)\(message)\n")
  }
}
