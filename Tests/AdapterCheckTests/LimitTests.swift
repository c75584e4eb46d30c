import Testing

/// What an adapter says that its language loses: only the cases of that kind are left out, and a limit that is none is found.
@Suite struct LimitTests {
  /// The Python adapter with other words in its reply to `hello`, and a change of its JSON.
  private func check(limits: String, change: String = "") throws -> Check.Ended {
    let check = try Check()
    try check.writeAdapter(
      """
      import sys
      sys.path.insert(0, "\(Check.repository)/interop/python")
      import endpoint, strict_json
      \(change)
      known = endpoint.Session.hello
      codecs = ",".join(endpoint.codec_table.NAMES)
      endpoint.VERBS["hello"] = endpoint.verb(
          lambda *words: known(*words).replace(codecs, "json") + " limits=\(limits)")
      sys.exit(endpoint.main())
      """)
    return try check.run("check", "x")
  }

  /// As JavaScript does it.
  private static let lossy = """
    honest = strict_json.decode
    def decode(message, *more):
        value = honest(message, *more)
        return round(float(value)) if isinstance(value, int) and 2**53 < abs(value) < 2**63 else value
    strict_json.decode = decode
    """

  @Test func aLimitThatIsThereLeavesOutItsKindAlone() throws {
    let ended = try check(limits: "json:large-int", change: Self.lossy)
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test func whatIsLostWithoutALimitIsAFailure() throws {
    let ended = try check(limits: "", change: Self.lossy)
    #expect(ended.status == 1 && ended.output.contains("FAILED values/unix+"), "\(ended.output)")
    #expect(ended.output.contains("/large-int\n"), "\(ended.output)")
  }

  @Test func aLimitThatIsNotThereIsAFailure() throws {
    let ended = try check(limits: "json:large-int")
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("FAILED the limit json:large-int, which hello declares"), "\(ended.output)")
    #expect(ended.output.contains("V58: A declared limit is there"), "\(ended.output)")
    #expect(ended.output.contains("Take it out of limits="), "\(ended.output)")
  }

  @Test(arguments: ["json:large", "pickle:large-int", "large-int"])
  func anUnknownLimitIsNamed(_ name: String) throws {
    let ended = try check(limits: name)
    #expect(ended.status == 1, "\(ended.output)")
    #expect(ended.output.contains("limits= has \"\(name)\""), "\(ended.output)")
  }
}
