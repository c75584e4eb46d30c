import Testing

@Suite("A run as text")
struct GoldenReportTests {
  static let golden = """
    FAILED messages/unix+line/python-swift/greeting
      blame     writer: python (writer)
      expected  the frame of "hello"
      seen      a frame
                of 4 bytes
      differs   at offset 3: length prefix of message 1, of the writer's bytes on the wire
                offset 0, vector first, then what was seen:
                00 00 00 05 68 65 6c 6c 6f  |....hello|
                00 00 00 04 68 65 6c 6c  |....hell|
                         ^^
      writer python, last commands:
        send channel=c payload=68656c6c6f > ok
      writer python, standard error:
        | Traceback:
        | \u{fffd}[31mboom\u{fffd}\u{fffd}[0m\u{fffd}!
        | \tin line 1
      reader swift, last commands:
        (none)
      again     parley run 'messages/unix+line/python-swift/greeting'

    UNEXPECTED PASS messages/fifo+line/python-swift/greeting
      it passes; take it out of the baseline
      again     parley run 'messages/fifo+line/python-swift/greeting'

    channel    python-swift  swift-csharp  swift-python
    ─────────  ────────────  ────────────  ────────────
    unix+line  ✗ 1           ○ 1           ✓ 2
    fifo+line  ✗ 1                         (✗ 1)

    Each cell counts cases: ✓ passed, ✗ failed, – unsupported, ○ not run, (✗) failed as expected.
    1 channel is not shown, since every case on it is unsupported: unix+varint.

    swift: Swift 6.3
    python: CPython 3.11.7
    expected, 1 case: known: FIFOs
    unexpected, 1 case: it passes; take it out of the baseline
    unsupported, 2 cases: python does not declare varint
    not run, 1 case: the run was interrupted
    note: the machine is busy

    5 cases in 1.2 s (2 jobs); Linux 6.1, 2 processors
    small cases (at most 4 KiB): 200 a second
    peak memory: parley 16 MB, python 10 MB

    not planned: csharp needs mcs, which is not installed; install it with: apt-get install mono-mcs
    planned 8 · passed 2 · failed 1 · expected 1 · unexpected 1 · unsupported 2 · not run 1

    """

  @Test("Every outcome, line by line")
  func golden() {
    let report = SampleRun.report(SampleRun.events).split(separator: "\n", omittingEmptySubsequences: false)
    let golden = Self.golden.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(report.count == golden.count)
    for (line, right) in zip(report, golden) where line != right {
      #expect(line == right)
      return
    }
  }

  @Test("The very last line is the balance")
  func lastLine() {
    let report = SampleRun.report(SampleRun.events)
    #expect(report.hasSuffix("\n"))
    #expect(
      report.split(separator: "\n").last
        == "planned 8 · passed 2 · failed 1 · expected 1 · unexpected 1 · unsupported 2 · not run 1")
  }

  @Test("A run of nothing is the balance alone")
  func nothing() {
    #expect(
      SampleRun.report([])
        == "planned 0 · passed 0 · failed 0 · expected 0 · unexpected 0 · unsupported 0 · not run 0\n")
  }
}
