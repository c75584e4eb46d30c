import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// Conversations with a real program, those that go well and those that do not.
@Suite struct ExampleExecutionTests {
  static let start = """
      - name: greet
        example: writer
        arguments: ["{folder}/s", "0"]
        steps:
          - output: "listening on (?<path>.+)"
          - open: transport=unix role=connect address={path} framing=line

    """

  @Test func everyPeerHoldsTheConversation() throws {
    let steps = """
            - receive: {text: hello}
            - send: {text: good day}
            - receive: {end: true}
            - output: told good day
            - exit: 0
      """
    let trial = try ExampleTrial(Self.start + steps, peers: ["swift", "python", "c"])
    #expect(
      trial.records.map(\.name.description).sorted() == [
        "examples/unix+line/program-c/greet", "examples/unix+line/program-python/greet",
        "examples/unix+line/program-swift/greet",
      ])
    for record in trial.records { #expect(record.outcome == .passed, "\(record)") }
  }

  @Test func messageThatIsNotTheDeclaredOneNamesBoth() throws {
    let failure = try failure(Self.start + "      - receive: {text: hullo}\n")
    #expect(failure.blame == .both && failure.blamed == ["program (writer)", "swift (reader)"])
    #expect(failure.difference?.offset == 1)
  }

  @Test func endWithAnotherStatusIsTheProgramsFault() throws {
    let failure = try failure(
      Self.start.replacing("\"0\"", with: "\"3\"") + "      - receive: {text: hello}\n      - send: {text: bye}\n")
    #expect(failure.blame == .writer && failure.blamed == ["program (writer)"])
    #expect(failure.seen == "program (writer) exited with status 3")
  }

  @Test func outputThatNeverComesIsTheProgramsFault() throws {
    let failure = try failure(
      "  - {name: greet, example: writer, alone: true, arguments: [\"{folder}/s\", \"0\"], steps: [{output: ready}]}\n",
      deadline: 0.5)
    #expect(failure.blame == .writer)
    #expect(failure.expected == "a line of output like \"ready\" within 0.5 s")
    #expect(failure.seen.hasPrefix("nothing; program (writer) is running"))
  }

  @Test func programThatDiesBeforeItsOutputIsToldWithItsErrors() throws {
    let failure = try failure(
      "  - {name: greet, example: writer, alone: true, steps: [{output: ready}]}\n", program: "raise ValueError(7)")
    #expect(failure.blame == .writer && failure.seen == "program (writer) exited with status 1")
    #expect(failure.endpoints.first?.standardError.contains("ValueError: 7") ?? false)
  }

  @Test func deathByTheDeclaredSignalIsRight() throws {
    let trial = try ExampleTrial(
      "  - {name: dies, example: writer, alone: true, steps: [{exit: {signal: 7}}]}\n",
      program: "import os; os.kill(os.getpid(), 7)")
    #expect(trial.records.map(\.outcome) == [.passed])
  }

  @Test func peerThatRefusesIsBlamed() throws {
    let failure = try failure(
      "  - {name: greet, example: writer, arguments: [\"{folder}/s\", \"0\"], steps: [{open: "
        + "\"transport=unix role=connect address={folder}/nobody framing=line\"}]}\n")
    #expect(failure.blame == .reader && failure.blamed == ["swift (reader)"])
    #expect(failure.seen.hasPrefix("error kind=missing"))
  }

  @Test func programStartsThePeerItself() throws {
    let program = """
      import os, socket, subprocess, sys
      ours, theirs = socket.socketpair()
      os.set_inheritable(theirs.fileno(), True)
      peer = subprocess.Popen(sys.argv[1:], pass_fds=[theirs.fileno()])
      print("descriptor %d" % theirs.fileno(), file=sys.stderr)
      theirs.close()
      ours.sendall(b"from the parent\\n")
      assert ours.recv(100) == b"thanks\\n"
      sys.exit(peer.wait())
      """
    let conversation = """
        - name: child
          example: writer
          arguments: ["{peer}"]
          starts-peer: true
          steps:
            - output: descriptor (?<number>[0-9]+)
            - open: transport=socketpair role=read address={number} framing=line
            - receive: {text: from the parent}
            - send: {text: thanks}
      """
    let trial = try ExampleTrial(conversation, program: program, peers: ["swift", "python"])
    #expect(trial.records.count == 2)
    for record in trial.records { #expect(record.outcome == .passed, "\(record)") }
  }

  @Test(arguments: ["pipe", "socketpair"])
  func bothInheritAnEnd(_ kind: String) throws {
    let conversation = """
        - name: inherited
          example: writer
          inherit: \(kind)
          steps:
            - open: transport=\(kind) role=read address={inherited} framing=line
            - receive: {text: inherited}
            - receive: {end: true}
      """
    let trial = try ExampleTrial(
      conversation, program: "import os; os.write(3, b'inherited\\n')", peers: ["swift", "python", "c"])
    #expect(trial.records.count == 3)
    for record in trial.records { #expect(record.outcome == .passed, "\(record)") }
  }

  @Test func peerThatLacksTheTransportIsUnsupported() throws {
    let trial = try ExampleTrial(
      "  - {name: queue, example: writer, steps: [{open: transport=spawn-queue role=read address=x framing=multiprocessing lock=/x}]}\n",
      peers: ["c"])
    #expect(trial.records.map(\.outcome) == [.unsupported])
    #expect(trial.records.first?.reason == "c does not declare the transport spawn-queue")
  }

  /// The failure of a single conversation with the Swift endpoint.
  private func failure(
    _ conversations: String, program: String = ExampleTrial.program, deadline: Double = 10
  ) throws -> Failure {
    let trial = try ExampleTrial(conversations, program: program, deadline: deadline)
    try #require(trial.records.count == 1)
    return try #require(trial.records[0].failure)
  }
}
