import Testing

@Suite struct DriveTests {
  /// Gives a program a terminal, types its own input there and then Ctrl-D, and prints what is seen.
  private static let terminal = """
    import os, pty, sys, termios
    typed = sys.stdin.buffer.read()
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[1], sys.argv[1:])
    modes = termios.tcgetattr(terminal)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
    os.write(terminal, typed + b"\\x04")
    while True:
        try:
            seen = os.read(terminal, 65536)
        except OSError:
            break
        if not seen:
            break
        os.write(1, seen.replace(b"\\r\\n", b"\\n"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """

  private func typed(_ input: String, _ arguments: [String] = ["python"]) throws -> Ended {
    try Parley.run(["drive"] + arguments, input: input, through: ["/usr/bin/env", "python3", "-c", Self.terminal])
  }

  @Test func onATerminalRepliesAreShownAsTextAndCtrlDEndsTheEndpoint() throws {
    let folder = try TemporaryFolder()
    let ended = try typed(
      """
      hello
      open channel=a transport=file-slot role=write address=\(folder.path)/slot framing=none
      send channel=a payload=68656c6c6f
      open channel=b transport=file-slot role=read address=\(folder.path)/slot framing=none
      receive channel=b
      dance

      """)
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
    #expect(ended.output.contains("\nok protocol=1 language=python "), "\(ended.output)")
    #expect(ended.output.contains("\nok payload=68656c6c6f\n  \"hello\" (5 bytes)\n"), "\(ended.output)")
    #expect(ended.output.contains(/\nerror kind=usage message=\S+\n  [^%\n]+ [^%\n]+\n/), "\(ended.output)")
  }

  @Test func helpIsAnsweredWithoutTheEndpoint() throws {
    let ended = try typed("help\n")
    #expect(ended.status == 0)
    #expect(ended.output.contains("\n  send channel=c payload=68656c6c6f\n"), "\(ended.output)")
    #expect(ended.output.contains("rlwrap parley drive python"))
    #expect(!ended.output.contains("kind=usage"))
  }

  @Test func endpointThatGoesFirstEndsIt() throws {
    let ended = try typed("send channel=c payload=61\n", ["exits", "--adapter", Parley.fake("exits")])
    #expect(ended.status == 3, "\(ended.output)\(ended.errors)")
  }

  @Test func intoAPipeGoLinesAsTheyAre() throws {
    let ended = try Parley.run(["drive", "python"], input: "help\n")
    #expect(ended.status == 0 && ended.lines.count == 1 && ended.output.hasPrefix("error kind=usage "))
  }
}
