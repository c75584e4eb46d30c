import AdapterProtocol
import Testing

@testable import Cases

/// Which replies belong to which commands, without a process.
@Suite struct DialogueTests {
  @Test func repliesBelongToCommandsInTheirOrderHoweverTheyAreCut() {
    let text = "ok payload=00\nerror kind=usage message=no\nok\n"
    for size in 1...text.utf8.count {
      var dialogue = Dialogue()
      for number in [4, 7, 9] { dialogue.issued(number, at: .seconds(1)) }
      var numbers: [Int] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        dialogue.take(.output(rest.prefix(size)))
        rest = rest.dropFirst(size)
        while case .reply(let number, _, _)? = dialogue.next(at: .seconds(2)) { numbers.append(number) }
      }
      #expect(numbers == [4, 7, 9], "\(size) bytes at a time")
      #expect(!dialogue.isWaiting && dialogue.waitingSince == nil)
    }
  }

  @Test func theNextCommandWaitsFromTheLastReplyOn() {
    var dialogue = Dialogue()
    dialogue.issued(0, at: .seconds(1))
    dialogue.issued(1, at: .seconds(2))
    #expect(dialogue.waitingSince == .seconds(1))
    dialogue.take(output("ok\n"))
    _ = dialogue.next(at: .seconds(5))
    #expect(dialogue.isWaiting && dialogue.waitingSince == .seconds(5))
  }

  @Test func aLineThatNobodyAskedForIsBad() {
    var dialogue = Dialogue()
    dialogue.take(output("ok\n"))
    #expect(bad(dialogue.next(at: .zero)) == .unasked)
    #expect(dialogue.next(at: .zero) == nil, "nothing follows")
  }

  @Test func aBannerIsToldFromAWrongReplyByTheLineAfterIt() {
    var dialogue = asked()
    dialogue.take(output("Welcome!\n"))
    #expect(dialogue.next(at: .seconds(1)) == nil)
    #expect(dialogue.deadline == .seconds(1) + .seconds(0.3))
    var alone = dialogue
    dialogue.take(output("ok\n"))
    #expect(bad(dialogue.next(at: .seconds(1.1))) == .banner)
    #expect(bad(alone.next(at: .seconds(1.2))) == nil)
    #expect(bad(alone.next(at: .seconds(1.4))) == .notAReply(.noReply))
  }

  @Test func anEndInsideALineIsACutReply() {
    for end in [ProcessEnd.exited(0), .killed(signal: 9)] {
      var dialogue = asked()
      dialogue.take(output("ok payl"))
      dialogue.take(.ended(end))
      #expect(bad(dialogue.next(at: .zero)) == .cutOff(end))
    }
  }

  @Test func whatWasWrittenBeforeTheEndComesFirst() {
    var dialogue = asked()
    dialogue.take(output("ok\n"))
    dialogue.take(.ended(.exited(3)))
    guard case .reply? = dialogue.next(at: .zero), case .ended(.exited(3))? = dialogue.next(at: .zero) else {
      Issue.record("no reply, and then the end")
      return
    }
    #expect(dialogue.hasEnded && dialogue.next(at: .zero) == nil)
  }

  @Test func whoClosesItsOutputHasASecondToEnd() {
    for ends in [true, false] {
      var dialogue = asked()
      dialogue.take(.outputClosed)
      #expect(dialogue.next(at: .seconds(5)) == nil && dialogue.deadline == .seconds(6))
      if ends { dialogue.take(.ended(.exited(1))) }
      guard case .ended(let end)? = dialogue.next(at: .seconds(6)) else {
        Issue.record("no end")
        return
      }
      #expect(end == (ends ? .exited(1) : nil))
    }
  }

  @Test func aLineOfMoreThanTheLongestIsNotWaitedFor() {
    var dialogue = asked()
    dialogue.take(.output(Array(repeating: 0x78, count: Command.longestLine)[...]))
    #expect(dialogue.next(at: .zero) == nil)
    dialogue.take(output("x"))
    #expect(bad(dialogue.next(at: .zero)) == .tooLong)
  }

  private func asked() -> Dialogue {
    var dialogue = Dialogue()
    dialogue.issued(0, at: .zero)
    return dialogue
  }

  private func output(_ text: String) -> ProcessEvent { .output(Array(text.utf8)[...]) }

  private func bad(_ outcome: Dialogue.Outcome?) -> LineFault? {
    if case .badLine(let fault, _)? = outcome { fault } else { nil }
  }
}
