import Testing

/// Lies in both directions, and the rules that a conversation by itself shows; each a change of the tutorial's adapter.
@Suite struct HonestyTests {
  private func check(_ step: Int, _ changes: (String, String)..., timeout: String = "20") throws -> Check.Ended {
    let check = try Check()
    try Tutorial().write(after: step, into: check, replacing: changes)
    return try check.run("check", "tutorial", "--timeout", timeout)
  }

  @Test func whatIsDeclaredAndRefusedIsAFailure() throws {
    let ended = try check(4, ("transports={transports}", "transports=unix,fifo"))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("FAILED messages/fifo+line/"))
    #expect(ended.output.contains("H8: What `hello` lists is declared: it will be used and must work."))
    #expect(ended.output.contains("take it out of the reply to hello"))
  }

  @Test func whatIsDeclaredAndFailsIsAFailureWithTheBytes() throws {
    let ended = try check(6, (#"struct.pack(">i", len(message))"#, #"struct.pack("<i", len(message))"#))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("blame     writer: tutorial (writer)"))
    #expect(ended.output.contains("05 00 00 00 68 65 6c 6c 6f"))
    #expect(ended.output.contains("(4. Framings), F1: `multiprocessing`: int32 big-endian length"), "\(ended.output)")
  }

  @Test func whatIsNotDeclaredAndWorksIsANote() throws {
    let ended = try check(
      6, ("transports={transports} framings={framings}", "transports=unix framings=multiprocessing"))
    #expect(ended.status == 0, "\(ended.output)")
    #expect(ended.output.contains("note: tutorial can do the transport fifo, and does not declare it in hello\n"))
    #expect(ended.output.contains("note: tutorial can do the framing line, and does not declare it in hello\n"))
  }

  @Test func whatIsNotDeclaredMustBeUnsupported() throws {
    let ended = try check(
      4,
      (
        #""unsupported", f"there is no {transport} with"#,
        #""usage" if transport == "tcp" else "unsupported", f"no {transport} with"#
      ))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("FAILED the transport tcp, which hello does not name"))
    #expect(ended.output.contains("expected  error kind=unsupported in answer to open"))
    #expect(ended.output.contains("H9: A transport that `hello` does not list is `unsupported`."))
  }

  @Test func optionalVerbThatIsNotDeclaredMustBeUnsupported() throws {
    let ended = try check(4, (#"("echo", "ping", "layout", "call")"#, #"("ping", "layout", "call")"#))
    #expect(ended.status == 1 && ended.output.contains("FAILED the optional verb echo"), "\(ended.output)")
  }

  @Test func secondLineForACommandIsFound() throws {
    let ended = try check(1, ("    do_reset()\n", "    do_reset()\n    print('bye', flush=True)\n"))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("✗ keeps standard output clean") && ended.output.contains("\"bye\""))
  }

  @Test func lineThatIsCutOffMustNotBeObeyed() throws {
    let ended = try check(
      1, (#"if line.endswith(b"\n"):"#, "if True:"), ("answer(line[:-1])", #"answer(line.rstrip(b"\n"))"#))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("FAILED a last line without LF"))
    #expect(ended.output.contains("L18: A last line without LF is neither obeyed nor answered."))
  }

  @Test func socketFileMustGoAtTheEndOfInput() throws {
    let ended = try check(
      4,
      (
        "            print(answer(line[:-1]), flush=True)\n    do_reset()",
        "            print(answer(line[:-1]), flush=True)"
      ))
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("it exited, and the socket file is still there"))
    #expect(
      ended.output.contains("C13: At the end of standard input the endpoint removes the socket files that it made."))
  }

  @Test func endpointThatDiesOfNonsenseIsFound() throws {
    let ended = try check(
      1, ("    except Exception as error:\n        kind, message = \"internal\", repr(error)\n", ""),
      (#"line.decode("latin-1")"#, #"line.decode("ascii")"#))
    #expect(ended.status == 1 && ended.output.contains("FAILED an end instead of a reply"), "\(ended.output)")
    #expect(
      ended.output.contains("After an error the endpoint lives on") && ended.output.contains("| UnicodeDecodeError"))
  }
}
