import Foundation
import Testing

/// What `parley tap` shows, refuses, records, and disturbs.
@Suite struct TapCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func python(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// A server that is a `multiprocessing` listener with a key, and its client, in one Python.
  private static let multiprocessing = """
    import sys, threading
    from multiprocessing.connection import Client, Listener
    back, front = sys.argv[1:]
    listener = Listener(back, authkey=b"secret")
    print("listening", flush=True)
    def serve():
        with listener.accept() as connection:
            while True:
                try:
                    connection.send(("echo", connection.recv()))
                except EOFError:
                    return
    server = threading.Thread(target=serve)
    server.start()
    sys.stdin.readline()
    with Client(front, authkey=b"secret") as connection:
        for value in [1, "two", {"three": [3.0, None]}]:
            connection.send(value)
            assert connection.recv() == ("echo", value)
    server.join()
    """

  @Test func pythonsMultiprocessingIsNamedAndItsPicklesAreValues() throws {
    let (front, back, record) = ("\(folder.path)/front", "\(folder.path)/back", "\(folder.path)/talk.jsonl")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.multiprocessing, back, front]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("listening"))
    let tap = try TapRun(before: back, ["--record", record], in: folder)
    input.fileHandleForWriting.write(Data("go\n".utf8))
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let ended = try tap.stopped(by: SIGINT)
    for text in [
      "framing multiprocessing: ", "Python's handshake: challenge of ", "Python's handshake: welcome, the key is right",
      "pickle 1\n", "pickle (\"echo\", \"two\")\n", "pickle {\"three\": [3.0, null]}\n",
    ] { #expect(ended.output.contains(text), "\(text) is missing in \(ended.output)") }
    #expect(!ended.output.contains("could also"), "\(ended.output)")

    let identified = try Parley.run(["identify", record])
    #expect(identified.status == 0 && identified.output.hasPrefix("framing multiprocessing: "), "\(identified)")
    let again = try Parley.run(["identify", record, "--messages"])
    let messages = { (text: String) in text.split(separator: "\n").filter { $0.contains(" bytes  ") } }
    #expect(messages(again.output) == messages(ended.output))
    let json = try Parley.run(["identify", record, "--json"])
    #expect(json.output.contains("\"client-framing\":\"multiprocessing\""), "\(json)")
  }

  @Test func rawBytesAreIdentified() throws {
    let path = "\(folder.path)/dump"
    try Data("Content-Length: 8\r\n\r\n{\"a\":12}".utf8).write(to: URL(fileURLWithPath: path))
    let ended = try Parley.run(["identify", path])
    #expect(
      ended.output == "framing content-length: 1 message with a Content-Length header before it: 1 json.\n", "\(ended)")
    let unknown = try Parley.run(["identify", "-"], input: "x")
    #expect(unknown.status == 1 && unknown.output.hasPrefix("framing none: "), "\(unknown)")
    #expect(try Parley.run(["identify", "\(folder.path)/nothing"]).status == 3)
  }

  @Test func aMisconfiguredTapFailsBeforeItListens() throws {
    let server = try TestSocket.listening(at: "\(folder.path)/back")
    defer { server.close() }
    let taken = try TestSocket.listening(at: "\(folder.path)/taken")
    defer { taken.close() }
    let (front, back) = ("\(folder.path)/front", "\(folder.path)/back")
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      ([], 2, "Between which programs?"), (["--listen", front], 2, "--connect ADDRESS"),
      (["--listen", front, "--connect", "\(folder.path)/nobody"], 3, "No such file"),
      (["--listen", "\(folder.path)/taken", "--connect", back], 3, "in use"),
      (["--listen", "\(folder.path)/no/folder", "--connect", back], 3, "check the path"),
      (["--listen", back, "--connect", back], 2, "same address"),
      (["--listen", "seqpacket:\(front)", "--connect", back], 2, "do not mix"),
      (["--listen", "seqpaket:\(front)", "--connect", back], 2, "did you mean seqpacket:"),
      (["--listen", "127.0.0.1:x", "--connect", back], 2, "127.0.0.1:PORT"),
      (["--listen", front, "--connect", "127.0.0.1:1"], 3, "start the listener first"),
      (["--listen", front, "--connect", back, "--framing", "lines"], 2, "did you mean \"line\""),
      (["--listen", front, "--connect", back, "--deliver", "cutt:3"], 2, "did you mean \"cut\""),
      (["--listen", front, "--connect", back, "--output", "\(folder.path)/no/file"], 3, "Cannot write the output"),
      (["--fifo", front], 2, "two paths"), (["--fifo", front, back], 3, "no FIFO"),
      (["--", "cat"], 2, "--output FILE"),
      (["--output", "/dev/null", "--", "no-such-program"], 3, "Cannot find the program"),
    ]
    for (arguments, status, words) in cases {
      let ended = try Parley.run(["tap"] + arguments)
      #expect(ended.status == status && ended.errors.contains(words), "\(arguments): \(ended)")
      #expect(ended.output.isEmpty && !FileManager.default.fileExists(atPath: front), "\(arguments): \(ended)")
    }
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/taken"))
    // The server has seen nobody of all this.
    var entry = pollfd(fd: server.number, events: Int16(POLLIN), revents: 0)
    #expect(poll(&entry, 1, 0) == 0)
  }

  @Test func aCommandKeepsItsExitStatusItsErrorsAndItsSignals() throws {
    let output = "\(folder.path)/out"
    let ended = try Parley.run(
      ["tap", "--output", output, "--", "sh", "-c", "cat; echo oops >&2; exit 7"], input: "one\ntwo\n")
    #expect(ended.status == 7 && ended.output == "one\ntwo\n" && ended.errors == "oops\n", "\(ended)")
    #expect(try folder.text("out").contains("#1 ← "))
    #expect(try Parley.run(["tap", "--output", output, "--", "sh", "-c", "kill -KILL $$"]).status == -SIGKILL)
    let trapped = try ParleyRun(
      [
        "tap", "--output", output, "--", "sh", "-c",
        "trap 'echo got it; exit 3' TERM; echo ready; while :; do sleep 0.01; done",
      ])
    // The command line names the word too; the message is what the shell has said.
    while !(try folder.text("out").contains("text \"ready\"")) { try #require(trapped.isRunning) }
    trapped.send(SIGTERM)
    let end = try trapped.ended()
    #expect(end.status == 3 && end.output == "ready\ngot it\n", "\(end)")
  }

  @Test func aCommandDiesWithAKilledTap() throws {
    let run = try ParleyRun(["tap", "--output", "\(folder.path)/out", "--", "sleep", "60"])
    var child: pid_t?
    while child == nil {
      try #require(run.isRunning)
      child = Proc.children(of: run.id).first { Proc.commandLine(of: $0).hasPrefix("sleep") }
    }
    run.send(SIGKILL)
    #expect(try run.ended().status == -SIGKILL)
    let process = try #require(child)
    for _ in 0..<2000 where kill(process, 0) == 0 && !Proc.commandLine(of: process).isEmpty { usleep(5000) }
    #expect(Proc.commandLine(of: process).isEmpty, "it lives on")
  }

  @Test func writersOfAFifoFollowOneAnother() throws {
    let (input, output) = ("\(folder.path)/in", "\(folder.path)/out")
    try #require(mkfifo(output, 0o600) == 0)
    let run = try ParleyRun(["tap", "--fifo", input, output])
    while !FileManager.default.fileExists(atPath: input) { try #require(run.isRunning) }
    for text in ["first\n", "second\n"] {
      let read = try python(
        """
        import subprocess, sys
        reader = subprocess.Popen(["cat", sys.argv[2]], stdout=subprocess.PIPE)
        with open(sys.argv[1], "w") as writer: writer.write(sys.argv[3])
        print(reader.communicate()[0].decode(), end="")
        """, [input, output, text])
      #expect(read.output == text)
    }
    run.send(SIGTERM)
    let ended = try run.ended()
    #expect(ended.status == 0 && ended.output.contains("#2 → ") && ended.output.contains("text \"second\""), "\(ended)")
    #expect(!FileManager.default.fileExists(atPath: input) && FileManager.default.fileExists(atPath: output))
  }

  /// A client that takes one `recv` for one message, or, with `right`, reads its eight bytes and says what it understood.
  private static let client = """
    import socket, sys
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(20)
    s.sendall(b"12345678")
    try:
        got = s.recv(8)
        while sys.argv[2] == "right" and 0 < len(got) < 8:
            more = s.recv(8 - len(got))
            if not more: break
            got += more
    except ConnectionError as error:
        got = b"reset"
    print(got.decode("latin-1"), end="")
    """

  @Test(
    arguments: [
      ("one-byte-at-a-time", "a", "abcdefgh"), ("cut:3", "abc", "abcdefgh"), ("hold:8", "abcdefgh", "abcdefgh"),
      ("stall:5,50ms", "abcde", "abcdefgh"), ("corrupt:7", "abcdefg\u{97}", "abcdefg\u{97}"),
      ("truncate:4", "abcd", "abcd"), ("reset:6", "abcdef", "abcdef"),
      ("replace:5858585858585858", "XXXXXXXX", "XXXXXXXX"),
    ])
  func aFaultShowsAWrongReadLoopAndNotARightOne(_ fault: String, _ wrong: String, _ right: String) throws {
    let server = try TestSocket.listening(at: "\(folder.path)/back")
    defer { server.close() }
    let tap = try TapRun(
      before: "\(folder.path)/back", ["--deliver", fault, "--deliver-from", "server", "--codec", "hex"], in: folder)
    for (loop, expected) in [("wrong", wrong), ("right", right)] {
      let serving = Thread {
        guard let peer = try? server.accept() else { return }
        if (try? peer.receive(exactly: 8)) == Array("12345678".utf8) { try? peer.send("abcdefgh") }
        // The client's end; what it has not read must not be lost before.
        _ = try? peer.receive()
        peer.close()
      }
      serving.start()
      let seen = try python(Self.client, [tap.front, loop])
      #expect(seen.status == 0 && seen.output == expected, "\(fault), \(loop) read loop")
    }
    let ended = try tap.stopped()
    #expect(ended.output.contains("; faults: \(fault) from the server;"), "\(ended.output)")
  }
}
