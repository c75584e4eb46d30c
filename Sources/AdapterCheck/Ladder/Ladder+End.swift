import AdapterProtocol
import Cases
import Foundation
import Runner
import WireFormats

/// The rung of the end: of standard input, between commands, inside a line and while a verb waits, and by SIGTERM.
extension Ladder {
  func end() throws {
    let conversation = try talk()
    _ = try conversation.ask(Command("hello"))
    let listener = listener()
    if let listener { _ = try obeyed(listener.command, conversation, .openReplyWhenReady) }
    if let fault = try conversation.finish() { throw fault }
    if let listener, FileManager.default.fileExists(atPath: listener.address) {
      throw conversation.traced(
        Fault(
          title: "the end of standard input", expected: "the listener's socket file is removed",
          seen: "it exited, and the socket file is still there", requirement: .endRemovesSocketFiles))
    }
    try endInsideALine()
    if let listener {
      try endWhileWaiting(listener.command, listener.address, bySignal: false)
      try endWhileWaiting(listener.command, listener.address, bySignal: true)
    }
    pass("status 0\(listener == nil ? "" : ", and no socket file is left")")
  }

  private func endInsideALine() throws {
    let conversation = try talk()
    _ = try conversation.ask(Command("hello"))
    conversation.write(Array("hello".utf8))
    var fault: Fault?
    do {
      fault = try conversation.finish()
    } catch {
      fault = error
      fault?.requirement = .lastLineWithoutLineFeed
      fault?.cure = nil
    }
    guard var fault else { return }
    fault.title = "a last line without LF"
    fault.expected = "an exit with status 0, and no reply to: hello, end of input"
    throw fault
  }

  /// Ends the endpoint while it waits for a peer that never comes.
  ///
  /// If the end comes before it has read `accept`, it may as well not wait at all: it has to end in both cases.
  private func endWhileWaiting(_ open: Command, _ address: String, bySignal: Bool) throws {
    let conversation = try talk()
    _ = try conversation.ask(Command("hello"))
    _ = try obeyed(open, conversation, .openReplyWhenReady)
    _ = conversation.tell(Command("accept", [Field("channel", "c")]))
    let what = bySignal ? "SIGTERM while it waits in accept" : "the end of standard input while it waits in accept"
    let rule: Requirement = bySignal ? .terminated : .endWhileWaiting
    let seen: String?
    if bySignal {
      seen = conversation.terminate() == nil ? "it ignores the signal" : nil
    } else {
      seen = try conversation.finish()?.seen
    }
    if let seen {
      throw conversation.traced(
        Fault(
          title: what, expected: "an end within \(Fault.number(conversation.endSeconds)) s", seen: seen,
          requirement: rule))
    }
    guard FileManager.default.fileExists(atPath: address) else { return }
    throw conversation.traced(
      Fault(
        title: what, expected: "the listener's socket file is removed",
        seen: "it ended, and the socket file is still there", requirement: rule))
  }
}
