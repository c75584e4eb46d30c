package import AdapterProtocol
package import Cases
import Foundation

extension EndpointProcess {
  /// Asks the endpoint who it is, and waits for the answer.
  ///
  /// - Parameter deadline: how long, in seconds.
  /// - Returns: what it declares.
  /// - Throws: ``HarnessError`` that tells what it did instead.
  package func hello(deadline: Double) throws(HarnessError) -> Declaration {
    enqueue(Command("hello"))
    let end = ContinuousClock.now + .seconds(deadline)
    while ContinuousClock.now < end {
      exchange()
      if let line = nextLine() { return try declaration(line) }
      if partialLine.count > Command.longestLine {
        throw fault("the endpoint answered hello with more than \(Command.longestLine) bytes without a line feed")
      }
      if hasClosedOutput {
        let how = process.wait(seconds: 1).map(\.description) ?? "closed its standard output"
        throw fault("the endpoint \(how) instead of answering hello")
      }
      var entries: [pollfd] = []
      appendInterests(to: &entries)
      _ = poll(&entries, nfds_t(entries.count), Int32(max(1, (end - .now) / .milliseconds(1))))
    }
    throw fault("the endpoint did not answer hello within \(deadline) s")
  }

  private func declaration(_ line: ArraySlice<UInt8>) throws(HarnessError) -> Declaration {
    do {
      return try Declaration(try Reply(parsing: line))
    } catch {
      let text = String(decoding: line.prefix(120), as: UTF8.self)
      throw fault("the endpoint answered hello with \"\(text)\", but \(error.message)")
    }
  }

  /// What the endpoint did wrong, with the end of what it said to standard error.
  private func fault(_ sentence: String) -> HarnessError {
    let said = standardError.lines(5)
    var error = HarnessError(sentence + (said.isEmpty ? "" : "; its standard error ends:\n\(said)"))
    error.adapter = adapter.name
    return error
  }
}
