import Journal
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

/// The steps of a conversation, each with a real program.
@Suite struct ExampleStepTests {
  static let jsonLines = """
    import json, os, sys
    print("in " + os.getcwd() + ", " + os.environ["GREETING"], file=sys.stderr, flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        if message["method"] != "notify":
            answer = {"id": message["id"], "result": {"token": "t7", "list": [1, {"a": None}]}, "given": message["given"]}
            print(json.dumps(answer), flush=True)
    print("over", file=sys.stderr)
    """
  static let jsonStart = """
      - name: lines
        example: reader
        stdio: true
        environment: {GREETING: "hello {tag}"}
        working-directory: "{folder}"
        arguments: ["{declaration}/program.py"]
        steps:
          - output: "in {folder}, hello {tag}"
          - open: channel=in transport=pipe role=write address={stdin} framing=line
          - open: channel=out transport=pipe role=read address={stdout} framing=line

    """

  @Test func standardStreamsAreTheChannel() throws {
    let steps = """
            - send: {json: {method: ask, id: 3, given: ["1", 2.5, true, null, {b: x}]}, channel: in}
            - receive: {json: {id: 3, given: ["1", 2.5, true, null, {b: x}], result: {token: "{?token}"}}, channel: out}
            - send: {json: '{"method": "ask", "id": 4, "given": "{token}"}', channel: in}
            - receive: {matches: '.*"given": "(?<again>t7)".*', channel: out}
            - send: {json: {method: notify}, channel: in}
            - {quiet: 20, channel: out}
            - send: {json: {method: ask, id: 5, given: "{again}"}, channel: in}
            - {receive: {any: true, channel: out}, within: 9000}
            - close: in
            - together:
                - receive: {end: true, channel: out}
                - output: over
                - exit: 0
      """
    try expectSuccess(Self.jsonStart + steps, program: Self.jsonLines, peers: ["swift", "python"])
  }

  @Test func messageThatLacksAPartOfTheJSONIsToldWithThePlace() throws {
    let failure = try failure(
      Self.jsonStart + """
              - send: {json: {method: ask, id: 3, given: 1}, channel: in}
              - receive: {json: {result: {list: [1, {a: 2}]}}, channel: out}
        """, program: Self.jsonLines)
    #expect(failure.blame == .both)
    #expect(failure.expected.contains("answers JSON that contains {\"result\":{\"list\":[1,{\"a\":2}]}}"))
    #expect(failure.seen.contains("which has null at /result/list/1/a; if other peers get the same, it is program"))
  }

  @Test func messageWhereThereMustBeNoneIsNotThePeersFault() throws {
    let failure = try failure(
      Self.jsonStart + """
              - send: {json: {method: ask, id: 3, given: 1}, channel: in}
              - {quiet: 5000, channel: out}
        """, program: Self.jsonLines)
    #expect(failure.blame == .both)
    #expect(failure.expected.hasSuffix("answers error kind=timeout"))
  }

  /// Connects to its first argument, says that it was there, and waits for SIGTERM or the end of its input.
  static let client = """
    import socket, sys
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(sys.argv[1])
    peer.sendall(b"here I am\\0")
    print("sent", file=sys.stderr, flush=True)
    sys.stdin.read()
    print("the input is over", flush=True)
    """

  @Test(arguments: [("term", "exit: {signal: 15}"), ("end-of-input", "exit: 0")])
  func clientStartsLateAndIsStopped(_ word: String, _ end: String) throws {
    let conversation = """
        - name: client
          example: writer
          arguments: ["{folder}/s"]
          steps:
            - open: transport=unix role=listen address={folder}/s framing=line
            - wait: {path: "{folder}/s"}
            - start: program
            - accept: c
            - output: sent
              from: standard-error
            - stop: \(word)
            - \(end)
      """
    try expectSuccess(conversation, program: Self.client, peers: ["swift"])
  }

  @Test(arguments: [
    ("path", "socket.AF_UNIX", "sys.argv[1] + '/s'", "\"{folder}/s\"", "unix", "{folder}/s"),
    ("abstract", "socket.AF_UNIX", "'\\0' + sys.argv[2]", "\"@{tag}\"", "unix-abstract", "@{tag}"),
  ])
  func listenerThatSaysNothingIsWaitedFor(
    _ key: String, _ family: String, _ name: String, _ place: String, _ transport: String, _ address: String
  ) throws {
    // Between bind and listen a connect is refused.
    let program = """
      import os, socket, sys
      listener = socket.socket(\(family))
      listener.bind(\(name))
      for _ in range(1000): os.sched_yield()
      listener.listen()
      peer, _ = listener.accept()
      assert peer.recv(100) == b"hello\\n"
      """
    let conversation = """
        - name: waited
          example: reader
          arguments: ["{folder}", "{tag}"]
          steps:
            - wait: {\(key): \(place)}
            - open: transport=\(transport) role=connect address=\(address) framing=line
            - send: {text: hello}
      """
    try expectSuccess(conversation, program: program, peers: ["swift", "python"])
  }

  @Test func portIsWaitedFor() throws {
    let program = """
      import socket
      first = socket.create_server(("127.0.0.1", 0))
      port = first.getsockname()[1]
      print("port %d" % port, flush=True)
      peer, _ = first.accept()
      assert peer.recv(100) == b"hello\\n"
      """
    let conversation = """
        - name: waited
          example: reader
          steps:
            - output: port (?<port>[0-9]+)
            - wait: {port: "127.0.0.1:{port}"}
            - open: transport=tcp role=connect address=127.0.0.1:{port} framing=line
            - send: {text: hello}
      """
    try expectSuccess(conversation, program: program, peers: ["swift"])
  }

  @Test func placeThatIsNeverMadeIsTheProgramsFault() throws {
    let running = try failure(
      "  - {name: waits, example: writer, alone: true, steps: [{wait: {path: \"{folder}/s\"}, within: 300}]}\n",
      program: "import time; time.sleep(60)")
    #expect(running.blame == .writer && running.expected.hasSuffix("/s within 0.3 s"))
    let ended = try failure(
      "  - {name: waits, example: writer, alone: true, steps: [{wait: {path: \"{folder}/s\"}}]}\n", program: "exit(3)")
    #expect(ended.blame == .writer && ended.seen == "program (writer) exited with status 3 before")
  }

  @Test func everyPlaceIsWaitedFor() throws {
    let program = "import time; open(__import__('sys').argv[1], 'w').close(); time.sleep(60)"
    let failure = try failure(
      """
        - name: both
          example: writer
          alone: true
          arguments: ["{folder}/first"]
          steps:
            - together:
                - wait: {path: "{folder}/first"}
                - wait: {path: "{folder}/second"}
              within: 2000
      """, program: program)
    #expect(failure.expected.hasSuffix("/second within 2 s"))
  }

  /// Says when it listens, and takes its peer.
  static let listening = """
    import socket, struct, sys
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen()
    print("listening", flush=True)
    peer, _ = listener.accept()

    """

  @Test func longMessagesAndFilesGoBothWays() throws {
    let program =
      Self.listening + """
        stream = peer.makefile("rwb")
        while head := stream.read(4):
            message = stream.read(struct.unpack("<I", head)[0])
            stream.write(head + message)
            stream.flush()
        """
    let conversation = """
        - name: long
          example: reader
          arguments: ["{folder}/s"]
          steps:
            - output: listening
            - open: transport=unix role=connect address={folder}/s framing=u32le
            - send: {bytes: 0}
            - receive: {bytes: 0}
            - send: {bytes: 65537}
            - receive: {bytes: 65537}
            - send: {file: program.py}
            - receive: {file: program.py}
            - close: c
      """
    try expectSuccess(conversation, program: program, peers: ["swift", "python"])
    let failure = try failure(
      conversation.replacing("- receive: {bytes: 65537}", with: "- receive: {bytes: 65538}"), program: program)
    #expect(failure.difference?.offset == 65537, "\(failure)")
  }

  @Test func stepsUnderWayTogetherDoNotWaitForEachOther() throws {
    // The program reads nothing before it was told to, and the peer's message does not fit the socket.
    let program =
      Self.listening + """
        sys.stdin.readline()
        print(sum(len(part) for part in iter(lambda: peer.recv(65536), b"")), flush=True)
        """
    let conversation = """
        - name: together
          example: reader
          arguments: ["{folder}/s"]
          steps:
            - output: listening
            - open: transport=unix role=connect address={folder}/s framing=line
            - together:
                - send: {bytes: 4000000}
                - close: c
                - input: go
                - output: "4000001"
            - exit: 0
      """
    try expectSuccess(conversation, program: program, peers: ["swift", "python"])
  }

  /// With the argument `store` a store that keeps a line until it is asked; otherwise a server that forwards what its client
  /// says.
  static let chain = """
    import socket, sys
    if sys.argv[1] == "store":
        store = socket.socket(socket.AF_UNIX)
        store.bind(sys.argv[2])
        store.listen()
        peer, _ = store.accept()
        print("kept " + peer.recv(100).decode().strip(), flush=True)
        print("and so on: " + sys.stdin.readline().strip(), file=sys.stderr, flush=True)
        sys.stdin.read()
        sys.exit(7)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1] + ".front")
    listener.listen()
    peer, _ = listener.accept()
    store = socket.socket(socket.AF_UNIX)
    store.connect(sys.argv[1])
    store.sendall(peer.recv(100))
    """
  static let chained = """
      - name: chain
        example: reader
        arguments: ["{folder}/store"]
        programs:
          store: {run: [python3, program.py, store, "{folder}/store"], environment: {NOTHING: "{tag}"}}
        steps:
          - wait: {path: "{folder}/store"}
          - wait: {path: "{folder}/store.front"}
          - open: transport=unix role=connect address={folder}/store.front framing=line
          - send: {text: pass it on}
          - output: kept (?<kept>.+)
            program: store
          - input: "{kept}"
            program: store
          - output: "and so on: pass it on"
            from: standard-error
            program: store
          - exit: 0

    """

  @Test func anotherProgramStandsBehindTheMainOne() throws {
    try expectSuccess(
      Self.chained + "      - {stop: end-of-input, program: store}\n      - {exit: 7, program: store}\n",
      program: Self.chain, peers: ["swift", "python"])
    // One that nothing asks to end is ended with the conversation.
    try expectSuccess(Self.chained, program: Self.chain, peers: ["swift"])
  }

  @Test func anotherProgramIsNamedWhereItIsWrong() throws {
    let failure = try failure(
      Self.chained + "      - {stop: end-of-input, program: store}\n      - {exit: 0, program: store}\n",
      program: Self.chain)
    #expect(failure.expected == "store exits with status 0" && failure.seen == "store exited with status 7")
    #expect(failure.blame == .reader)
  }

  /// Runs conversations that must pass.
  private func expectSuccess(_ conversations: String, program: String, peers: [String]) throws {
    let trial = try ExampleTrial(conversations, program: program, peers: peers, command: command(for: conversations))
    #expect(trial.records.count == peers.count)
    for record in trial.records { #expect(record.outcome == .passed, "\(record)") }
  }

  /// The failure of a single conversation with the Swift endpoint.
  private func failure(_ conversations: String, program: String) throws -> Failure {
    let trial = try ExampleTrial(conversations, program: program, command: command(for: conversations))
    try #require(trial.records.count == 1)
    return try #require(trial.records[0].failure)
  }

  /// In another working directory the program's path is one of the arguments.
  private func command(for conversations: String) -> [String] {
    conversations.contains("working-directory") ? ["python3"] : ["python3", "program.py"]
  }
}
