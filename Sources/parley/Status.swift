import ArgumentParser
import Cases
import Foundation
import Journal
import Reports
import Runner

/// The exit status of `parley`.
enum Status {
  static let failed: Int32 = 1
  static let usage: Int32 = 2
  static let harness: Int32 = 3
  static let interrupted: Int32 = 130

  /// Prints what there is to say of an error of a command, and returns its status.
  static func code(for error: any Error, of command: any ParsableCommand.Type = Parley.self) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if let error = error as? HarnessError, error.isUsage || error.isInterruption {
      complain("\(error)")
      return error.isUsage ? usage : interrupted
    }
    if let error = error as? Parley.UnknownSubcommand {
      complain(error.message, prefix: "")
      return usage
    }
    if let error = error as? ValidationError {
      // The parser knows the command only of what it refuses itself.
      complain("Error: \(error.message)\n\(Parley.usage(of: command))", prefix: "")
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

  /// Throws what the outcome of a run asks for.
  ///
  /// - Throws: exit status 130 for an interrupted run, 3 if the harness could not do its work for a case, 1 for another failure.
  static func check(_ summary: RunSummary) throws {
    if summary.end?.isInterrupted ?? false { throw ExitCode(interrupted) }
    let troubles = summary.failures.count { $0.failure?.blame == .harness }
    if troubles > 0 {
      complain("The harness could not do its work for \(troubles) \(troubles == 1 ? "case" : "cases"), see above.")
      throw ExitCode(harness)
    }
    if !summary.isGreen { throw ExitCode(failed) }
  }

  /// Writes to standard error.
  static func complain(_ message: String, prefix: String = "parley: ") {
    FileHandle.standardError.writeReport("\(prefix)\(message)\n")
  }
}
