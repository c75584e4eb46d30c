import Testing

/// Adapters that are wrong in one thing are stopped with the rule that they break and the step that helps.
@Suite struct AdviceTests {
  static let talk: [WrongAdapter] = [
    WrongAdapter(
      "dies in hello", 1, "def do_hello():\n", "def do_hello():\n    sys.exit('no licence')\n", "H1",
      "See what it says on standard error; start the run command of adapter.yml by hand"),
    WrongAdapter("another version", 1, "protocol=1", "protocol=2", "H1", "Answer protocol=1"),
    WrongAdapter(
      "spaces in message=", 1, "message={quote(message[:500])}", "message={message[:500]}", "L9",
      "Percent-encode every other byte"),
    WrongAdapter(
      "+ is a space", 4, "unquote(value) for", #"unquote(value.replace("+", " ")) for"#, "L15",
      "Do not use a decoder for HTML forms"),
    WrongAdapter(
      "letters in percent-encodings", 4, "unquote(value) for", #"value.replace("%20", " ") for"#, "L14",
      "Replace % and two hexadecimal digits of either case"),
  ]

  static let messages: [WrongAdapter] = [
    WrongAdapter(
      "an empty message at the end", 4, #"return "ok end=true""#, #"return "ok payload=""#, "R7",
      "When a read gives nothing"),
    WrongAdapter(
      "an error at the end", 4, #"return "ok end=true""#, #"raise Refusal("closed", "the peer is gone")"#, "R7",
      "When a read gives nothing"),
    WrongAdapter(
      "waits at the end", 4, #"return "ok end=true""#, #"os.read(os.pipe()[0], 1)"#, "R7", "When a read gives nothing"
    ).hanging,
    WrongAdapter(
      "one system call to send", 4, "while rest:\n        rest = rest[target.writer.write(rest):]",
      "target.writer.write(rest[:65536])", "S1", "one write may take only a part"),
    WrongAdapter(
      "one system call to receive", 6, #"makefile("rb")"#, #"makefile("rb", buffering=0)"#, "R1",
      "Read until the whole frame is there"
    ).and(#"    need(len(message) == length, "truncated", "the stream ended inside a message")\#n"#, ""),
    WrongAdapter(
      "one system call to receive, and truncated", 6, #"makefile("rb")"#, #"makefile("rb", buffering=0)"#, "R1",
      "Read until the whole frame is there"),
    WrongAdapter(
      "send file= is missing", 4, "def do_send(channel, payload=None, file=None):\n",
      "def do_send(channel, payload):\n    file = None\n", "S2", "Read the whole file in binary mode"),
    WrongAdapter("upper-case hex", 4, "{message.hex()}", "{message.hex().upper()}", "L11", "with a to f"),
    WrongAdapter(
      "receives text", 4, "{message.hex()}", "{message.decode(errors='replace').encode().hex()}", "S3",
      "do not decode it as text"),
    WrongAdapter(
      "sends text", 4, "bytes.fromhex(payload)", #"bytes.fromhex(payload).decode(errors="replace").encode()"#, "S3",
      "do not decode it as text"),
    WrongAdapter(
      "eats a CR", 4, "return line[:-1]\n", #"return line[:-1].rstrip(b"\r")\#n"#, "F14", "Cut off the LF alone"),
    WrongAdapter(
      "a long message is not kept", 4, "    need(file or len(message)",
      "    source.kept = None\n    need(file or len(message)",
      "R6", "Keep the message with the channel"),
    WrongAdapter("appends", 4, #"open(file, "wb")"#, #"open(file, "ab")"#, "R4", "O_TRUNC"),
    WrongAdapter(
      "sends a device", 4, "    need(stat.S_ISREG(status.st_mode)", "    need(not stat.S_ISFIFO(status.st_mode)", "S9",
      "refuse what is no regular file"),
    WrongAdapter(
      "sends a folder", 4, "    need(stat.S_ISREG(status.st_mode)",
      #"    need(not stat.S_ISDIR(status.st_mode), "missing", "a folder"); need(stat.S_ISREG(status.st_mode)"#, "S9",
      "refuse what is no regular file"),
    WrongAdapter(
      "memory before the limit", 6, #"    need(length >= 0, "malformed""#,
      #"    room = bytes(max(0, length)); need(length >= 0, "malformed""#, "R10", "before a buffer is made"),
  ]

  static let channels: [WrongAdapter] = [
    WrongAdapter(
      "a FIFO in both directions", 5, #"open(address, "rb")"#, #"os.fdopen(os.open(address, os.O_RDWR), "rb")"#, "O20",
      "O_RDONLY or O_WRONLY"
    ).hanging,
    WrongAdapter(
      "half-close of a FIFO is usage", 5, #"need(closed.socket, "unsupported""#, #"need(closed.socket, "usage""#, "C5",
      "Refuse how=write with kind=unsupported"),
    WrongAdapter(
      "a child is left", 4, "    opened = open_channel",
      #"    import subprocess; subprocess.Popen(["sleep", "60"], stdin=-3, stdout=-3, stderr=-3)\#n    opened = open_channel"#,
      "C9", "Wait for every child process"),
    WrongAdapter(
      "a second accept waits", 4, " and not waiting.socket", "", "A3", "refuse another accept with kind=usage"
    ).hanging,
    WrongAdapter(
      "a second accept is ok", 4, "    need(waiting.listener and",
      #"    if waiting.socket: return "ok"\#n    need(waiting.listener and"#, "A3",
      "refuse another accept with kind=usage"),
    WrongAdapter(
      "listen deletes a file", 4, "return stat.S_ISSOCK(os.lstat(path).st_mode) and",
      "return not stat.S_ISSOCK(os.lstat(path).st_mode) or", "O13", "remove only sockets"),
    WrongAdapter(
      "the stale check connects", 4, "socket.AF_UNIX, socket.SOCK_DGRAM", "socket.AF_UNIX", "O14", "datagram socket"),
    WrongAdapter(
      "an empty address", 4, #"need(address and "\0" not"#, #"need("\0" not"#, "O9", "Refuse an empty address"),
  ]

  static let ends: [WrongAdapter] = [
    WrongAdapter(
      "waits in accept beyond the end", 4, "threading.Thread(target=watch_input, daemon=True).start()\n", "", "C15",
      "Let a thread wait for the hang-up"
    ).hanging,
    WrongAdapter(
      "leaves the file when it ends in accept", 4, "def stop(*_):\n    do_reset()\n", "def stop(*_):\n", "C15",
      "remove the socket files"),
    WrongAdapter(
      "SIGTERM leaves the file", 4, "signal.signal(signal.SIGTERM, stop)\n", "", "C16", "the default action leaves them"
    ),
    WrongAdapter(
      "ignores SIGTERM", 4, "signal.signal(signal.SIGTERM, stop)\n",
      "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n", "C16", "Handle SIGTERM"
    ).hanging,
  ]

  @Test(arguments: talk) func wrongTalkIsStopped(_ wrong: WrongAdapter) throws { try expectAdvice(wrong) }

  @Test(arguments: messages) func wrongMessagesAreStopped(_ wrong: WrongAdapter) throws { try expectAdvice(wrong) }

  @Test(arguments: ends) func wrongEndIsStopped(_ wrong: WrongAdapter) throws { try expectAdvice(wrong) }

  @Test(arguments: channels) func wrongChannelsAreStopped(_ wrong: WrongAdapter) throws { try expectAdvice(wrong) }

  @Test func verbThatIsMissingIsToldAsSuch() throws {
    let check = try Check()
    try Tutorial().write(after: 2, into: check)
    let ended = try check.run("check", "tutorial")
    #expect(ended.output.contains("  next      The command is right, and the endpoint refuses it"), "\(ended.output)")
  }

  static func expectAdvice(_ wrong: WrongAdapter) throws {
    let check = try Check()
    try Tutorial().write(after: wrong.step, into: check, replacing: wrong.changes.map { ($0.old, $0.new) })
    let ended = try check.run("check", "tutorial", "--timeout", wrong.timeout)
    let lines = ended.output.split(separator: "\n")
    let breaks = lines.first { $0.hasPrefix("  breaks") } ?? ""
    let next = lines.first { $0.hasPrefix("  next") } ?? ""
    #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
    #expect(breaks.contains("), \(wrong.rule): "), "\(ended.output)")
    #expect(next.contains(wrong.advice), "\(ended.output)")
  }

  private func expectAdvice(_ wrong: WrongAdapter) throws { try Self.expectAdvice(wrong) }
}

/// Commands that are nearly right and must not be obeyed.
@Suite struct NearlyRightCommandTests {
  static let commands: [WrongAdapter] = [
    WrongAdapter("upper-case hex", 4, "([0-9a-f]{2})*", "([0-9a-fA-F]{2})*", "L25", "0 to 9 and a to f"),
    WrongAdapter(
      "zeros in front of a number", 1, "[1-9][0-9]{0,9}", "[0-9]{1,10}", "L26", "digits of which the first is 1 to 9"),
    WrongAdapter("CR LF", 1, "answer(line[:-1])", #"answer(line.rstrip(b"\r\n"))"#, "L20", "never a CR"),
    WrongAdapter("a leading blank", 1, #""latin-1").split"#, #""latin-1").lstrip().split"#, "L21", "do not trim"),
    WrongAdapter("a trailing blank", 1, #""latin-1").split"#, #""latin-1").rstrip(" ").split"#, "L21", "do not trim"),
    WrongAdapter(
      "double blanks", 4, #""latin-1").split"#, #""latin-1").replace("  ", " ").split"#, "L21", "runs of blanks"),
    WrongAdapter(
      "a percent sign alone", 4, "{PLAIN}(%[0-9A-Fa-f]{{2}}{PLAIN})*", "{PLAIN}(%{PLAIN})*", "L24", "Refuse a % without"
    ),
  ]

  @Test(arguments: commands) func nearlyRightCommandIsNotObeyed(_ wrong: WrongAdapter) throws {
    try AdviceTests.expectAdvice(wrong)
  }
}
