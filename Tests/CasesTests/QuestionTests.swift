import AdapterProtocol
import Testing

@testable import Cases

/// One command and its answer, without a process.
@Suite struct QuestionTests {
  @Test func aQuestionIsWrittenOnceAndAnswered() {
    var question = Question(Command("hello"), number: 0, seconds: 2)
    #expect(written(question.next(at: .seconds(1))) == "hello\n")
    #expect(question.next(at: .seconds(1)) == nil && question.deadline == .seconds(3) && !question.isOver)
    question.take(.output(Array("ok protocol=1\n".utf8)[...]), from: .writer)
    #expect(question.next(at: .seconds(2)) == nil)
    #expect(question.answer == .reply(.ok([Field("protocol", "1")])) && question.isOver)
  }

  @Test func silenceIsAnAnswerAtTheDeadlineAndNotBefore() {
    var question = Question(Command("hello"), number: 0, seconds: 2)
    _ = question.next(at: .seconds(1))
    question.take(.output(Array("ok pro".utf8)[...]), from: .writer)
    #expect(question.next(at: .seconds(2.9)) == nil && question.answer == nil)
    #expect(question.next(at: .seconds(3)) == nil)
    #expect(question.answer == .silent(partialLine: Array("ok pro".utf8)))
  }

  @Test func anEndIsAnAnswer() {
    var question = Question(Command("hello"), number: 0, seconds: 2)
    _ = question.next(at: .zero)
    question.take(.ended(.exited(3)), from: .writer)
    _ = question.next(at: .zero)
    #expect(question.answer == .ended(.exited(3)))
  }

  @Test func repliesToWhatWasAskedBeforeArePassedOver() {
    var dialogue = Dialogue()
    for number in 0...1 { dialogue.issued(number, at: .zero) }
    dialogue.take(.output(Array("ok\nok end=true\n".utf8)[...]))
    var question = Question(replyTo: 1, in: dialogue, seconds: 1)
    _ = question.next(at: .zero)
    #expect(question.answer == .reply(.ok([Field("end", "true")])))
  }

  @Test func anInterruptionEndsItUnlessItIsAnswered() {
    var question = Question(Command("hello"), number: 0, seconds: 1)
    question.interrupt()
    #expect(question.answer == .interrupted)
    #expect(question.next(at: .zero) == nil, "nothing is asked any more")
  }

  private func written(_ step: ConversationStep<Never>?) -> String? {
    if case .write(.side(.writer), let bytes)? = step { String(decoding: bytes, as: UTF8.self) } else { nil }
  }
}
