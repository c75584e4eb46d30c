import Journal
import Testing

@Suite("The words that run a case again")
struct RerunRecordTests {
  private static let name = CaseName(suite: "messages", channel: "unix+line", pair: "a-b", scenario: "greeting")

  @Test("Only the adapters of the pair are added, each once")
  func pair() {
    let rerun = RerunRecord(
      program: ["scripts/matrix"],
      adapters: [
        "a": ["--adapter", "/x y"], "b": ["--adapter", "/b"], "b3.8": ["--adapter", "/b"], "c": ["--adapter", "/c"],
      ],
      options: ["--fresh"])
    #expect(
      rerun.command(Self.name)
        == "scripts/matrix --adapter '/x y' --adapter /b --fresh 'messages/unix+line/a-b/greeting'")
    #expect(rerun.prefix(pair: "b-b3.8") == "scripts/matrix --adapter /b --fresh")
    #expect(rerun.prefix(pair: "swift-python") == "scripts/matrix --fresh")
    #expect(rerun.wholePrefix == "scripts/matrix --adapter /b --adapter /c --adapter '/x y' --fresh")
  }

  @Test(
    "A command of an older journal stays as it is",
    arguments: [
      "parley run", ".build/release/parley run --timeout 2.5 --no-tap", "scripts/matrix --fresh",
      "'/a b/parley' run --adapter '/it'\\''s here' --example $'/\\342\\200\\256\\'' --runtimes",
    ])
  func older(_ command: String) {
    #expect(RerunRecord(command: command).prefix(pair: "a-b") == command)
  }

  @Test(
    "A hostile command becomes the plain one",
    arguments: [
      "parley run; touch x", "parley run & touch x", "parley run | sh", "parley run $(touch x)", "parley run `touch x`",
      "parley run\ntouch x", "parley run --adapter \"$(touch x)\"", "parley run --adapter 'x", "touch x",
      "sh -c 'touch x'", "reboot", "env parley run", "X=1 parley run", "parley run --journal /etc/passwd",
      "parley run --adapter", "parley baseline update x", "parley run --fresh touch", "", "parley run \u{202e}",
      "parley run $'\\x41'", "~/parley run",
    ])
  func hostile(_ command: String) {
    #expect(RerunRecord(command: command).command(Self.name) == "parley run '\(Self.name)'")
  }

  @Test("Hostile words are quoted, and what is not Parley's is left out")
  func hostileWords() {
    let quoted = RerunRecord(program: ["/; touch x/parley", "run"], adapters: ["a": ["--adapter", "'; touch x; '"]])
    #expect(quoted.prefix(pair: "a-b") == "'/; touch x/parley' run --adapter ''\\''; touch x; '\\'''")
    for (program, options) in [
      (["sh", "-c", "touch x"], []), (["touch"], []), (["parley", "run"], ["--journal", "/etc/passwd"]),
      (["parley", "run"], ["touch", "x"]), ([], []), (["parley"], []), (["matrix", "x"], []),
    ] {
      #expect(RerunRecord(program: program, options: options).prefix(pair: "a-b") == "parley run")
    }
  }

  @Test("The whole command is quoted anew, or is the plain one")
  func whole() {
    var start = RunStart(
      planned: 1, jobs: 1, isFresh: false, isTapped: true, machine: "", date: "",
      command: "parley run --with ruby 'messages/**' --adapters a,b")
    #expect(start.quotedCommand == "parley run --with ruby 'messages/**' --adapters a,b")
    for hostile in ["parley run 'x'; touch x", "touch x run", "sh run", ""] {
      start.command = hostile
      #expect(start.quotedCommand == "parley run")
    }
  }
}
