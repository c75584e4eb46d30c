package import Cases
import Foundation
import Synchronization

/// The files that carry long messages to the endpoints, each written once in a run.
package final class PayloadFiles: Sendable {
  private let folder: String
  private let made = Mutex<[Int: String]>([:])

  package init(folder: String) { self.folder = folder }

  /// The path of the file with a message's bytes.
  package func path(of message: Message) throws(HarnessError) -> String {
    // All long messages are patterns, so the length identifies the message.
    let length = message.payload.count
    let path = made.withLock { made -> String? in
      if let path = made[length] { return path }
      let path = "\(folder)/payload-\(length)"
      guard WholeFile.write(message.payload, to: path) else { return nil }
      made[length] = path
      return path
    }
    guard let path else {
      throw HarnessError("Cannot write a payload of \(length) bytes into \(folder); is the disk full?")
    }
    return path
  }
}
