import Testing

/// What goes wrong first in a new adapter, and that each thing has its own message with the place and the cure.
@Suite struct BadAdapterTests {
  private static let hello =
    "ok protocol=1 language=x runtime=x transports= framings= codecs= features="

  /// A manifest, the program, what must be said, and the cure.
  struct Bad: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var manifest = "name: x\ntitle: X\nrun: [python3, endpoint.py]\n"
    var program = ""
    var words: [String]
    /// Seconds: long where it is not what is waited for, since a busy machine starts slowly.
    var timeout = "20"
    var buildTimeout = "20"
  }

  static let manifests = [
    Bad(
      testDescription: "unknown key", manifest: "name: x\ntitle: X\nbild: {}\nrun: [python3, endpoint.py]\n",
      words: ["/x/adapter.yml:3: unknown key \"bild\"; did you mean \"build\"? The keys are name,"]),
    Bad(testDescription: "no run", manifest: "name: x\ntitle: X\n", words: ["/x/adapter.yml:1: run is missing"]),
    Bad(
      testDescription: "name taken", manifest: "title: X\nname: swift\nrun: ['true']\n",
      words: ["/x/adapter.yml:2: swift is the name of", "Choose another name"]),
    Bad(
      testDescription: "missing program",
      manifest:
        "name: x\ntitle: X\nneeds:\n  - {program: no-such-xyz, install: get xyz}\nrun: [no-such-xyz]\n",
      words: ["/x/adapter.yml:4: no-such-xyz is not installed", "next      Install it with: get xyz"]),
    Bad(
      testDescription: "missing run program", manifest: "name: x\ntitle: X\nrun: [no-such-xyz]\n",
      words: ["/x/adapter.yml:3: \"no-such-xyz\" is not on PATH", "name the program under needs"]),
    Bad(
      testDescription: "run program not executable", manifest: "name: x\ntitle: X\nrun: [./endpoint.py]\n",
      words: ["/x/adapter.yml:3: \"./endpoint.py\" is not there or not executable", "chmod +x ./endpoint.py"]),
    Bad(
      testDescription: "build fails",
      manifest:
        "name: x\ntitle: X\nbuild: {command: [sh, -c, 'echo no such header; exit 3'], inputs: [adapter.yml], output: out}\nrun: [./out]\n",
      words: ["/x/adapter.yml:3: The build of x exited with status 3:", "no such header", "by hand until it succeeds"]),
    Bad(
      testDescription: "build hangs",
      manifest:
        "name: x\ntitle: X\nbuild: {command: [sh, -c, 'echo thinking; sleep 600'], inputs: [adapter.yml], output: out}\nrun: [./out]\n",
      words: [
        "/x/adapter.yml:3: The build of x did not end within 1 s and was killed:", "thinking", "does it wait for",
      ], buildTimeout: "1"),
  ]

  static let programs = [
    Bad(
      testDescription: "banner",
      program: "print('Welcome!', flush=True)\ninput()\nprint('\(hello)', flush=True)\ninput()",
      words: [
        "FAILED a line before the reply", "/x/adapter.yml:3: the program that run starts wrote", "\"Welcome!\"",
        "57 65 6c 63 6f 6d 65 21 0a  |Welcome!.|", "no banner, no byte order mark, no debug text.", "standard error",
      ]),
    Bad(
      testDescription: "byte order mark", program: "input()\nprint('\\ufeff\(hello)', flush=True)\ninput()",
      words: ["FAILED a UTF-8 byte order mark on standard output", "ef bb bf 6f 6b", "UTF-8 without it"]),
    Bad(
      testDescription: "CR LF", program: "input()\nprint('\(hello)', end='\\r\\n', flush=True)\ninput()",
      words: ["FAILED a reply that ends with CR LF", "L7: A reply ends with LF alone", "set to \"\\n\""]),
    Bad(
      testDescription: "UTF-16",
      program:
        "import sys\ninput()\nsys.stdout.buffer.write('\\ufeff\(hello)\\n'.encode('utf-16-le'))\nsys.stdout.flush()\ninput()",
      words: ["FAILED standard output in another encoding", "ff fe 6f 00"]),
    Bad(
      testDescription: "no flush",
      program: "out = open(1, 'w', buffering=8192)\ninput()\nout.write('\(hello)\\n')\ninput()",
      words: ["FAILED no reply", "nothing within 30 s", "breaks    PROTOCOL.md, line ", "Flush after every reply"],
      timeout: "2"),
    Bad(
      testDescription: "no line feed", program: "input()\nprint('\(hello)', end='', flush=True)\ninput()",
      words: ["these bytes, and no line feed:", "6f 6b 20 70"], timeout: "3"),
    Bad(
      testDescription: "ends at once", program: "raise SystemExit('no such module')",
      words: ["FAILED an end instead of a reply", "it exited with status 1", "| no such module", "by hand"]),
    Bad(
      testDescription: "hello lacks a key", program: "input()\nprint('ok protocol=1 language=x', flush=True)\ninput()",
      words: ["FAILED a reply to hello without the key runtime", "(2. Verbs), H1:", "its key must be there"]),
    Bad(
      testDescription: "misspelt transport",
      program: "input()\nprint('\(hello)'.replace('transports=', 'transports=unyx'), flush=True)\ninput()",
      words: ["transports= has \"unyx\"", "H5: `transports=` has only names of section 3."]),
    Bad(
      testDescription: "bad encoding",
      program: "input()\nprint('error kind=usage message=no such thing', flush=True)\ninput()",
      words: ["FAILED a blank in a value, before \"such\"", "(1. Lines), L9:", "no%20such%20verb"]),
  ]

  @Test(arguments: manifests) func manifestIsToldWithItsPlaceAndTheCure(_ bad: Bad) throws {
    try expectStumble(bad)
  }

  @Test(arguments: programs) func programIsToldWithItsBytesAndTheCure(_ bad: Bad) throws {
    try expectStumble(bad)
  }

  private func expectStumble(_ bad: Bad, _ location: SourceLocation = #_sourceLocation) throws {
    let check = try Check()
    try check.writeAdapter(bad.program, manifest: bad.manifest)
    let ended = try check.run("check", "x", "--timeout", bad.timeout, "--build-timeout", bad.buildTimeout)
    #expect(ended.status == 1, "\(ended.output)\(ended.errors)", sourceLocation: location)
    for words in bad.words { #expect(ended.output.contains(words), "\(ended.output)", sourceLocation: location) }
    #expect(ended.output.contains("  next      ") && ended.output.contains("  again     parley adapter check x\n"))
  }
}
