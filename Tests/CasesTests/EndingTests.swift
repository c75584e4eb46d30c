import Testing

@testable import Cases

/// The polite end of an endpoint, without a process.
@Suite struct EndingTests {
  @Test func whoExitsWithZeroAtTheEndOfItsInputIsGood() {
    var ending = begun()
    ending.take(.ended(.exited(0)), from: .writer)
    #expect(name(ending.next(at: .seconds(1))) == nil && ending.isOver && ending.problem == nil)
  }

  @Test(arguments: [ProcessEnd.exited(4), .killed(signal: 11)])
  func anotherEndIsAProblem(_ end: ProcessEnd) {
    var ending = begun()
    ending.take(.ended(end), from: .writer)
    _ = ending.next(at: .seconds(1))
    #expect(ending.problem == .status(end))
  }

  @Test func whoStaysIsTerminatedInItsTime() {
    var ending = begun()
    #expect(ending.deadline == .seconds(2))
    #expect(name(ending.next(at: .seconds(1.9))) == nil)
    #expect(name(ending.next(at: .seconds(2))) == "terminate")
    #expect(ending.deadline == .seconds(3), "half as long again")
    ending.take(.ended(.killed(signal: 15)), from: .writer)
    _ = ending.next(at: .seconds(2.5))
    #expect(ending.problem == .terminated && ending.isOver)
  }

  @Test func whoIgnoresThatIsKilled() {
    var ending = begun()
    _ = ending.next(at: .seconds(2))
    #expect(name(ending.next(at: .seconds(3))) == "kill")
    #expect(ending.problem == .killed && ending.isOver && ending.deadline == nil)
  }

  @Test func anInterruptionDoesNotLeaveItBehind() {
    var ending = begun()
    ending.interrupt()
    #expect(!ending.isOver && ending.deadline == .seconds(2))
  }

  private func begun() -> Ending {
    var ending = Ending(seconds: 2)
    #expect(name(ending.next(at: .zero)) == "close input")
    return ending
  }

  private func name(_ step: ConversationStep<Never>?) -> String? {
    switch step {
    case .closeInput: "close input"
    case .signal(_, 15): "terminate"
    case .kill: "kill"
    case .write, .signal, .request, nil: nil
    }
  }
}
