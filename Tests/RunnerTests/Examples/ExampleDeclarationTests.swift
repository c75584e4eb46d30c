import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct ExampleDeclarationTests {
  static let head = "title: A test\nrun: [./program]\nlanguage: mine\n"
  static let right =
    head + "conversations:\n  - name: one\n    example: reader\n    steps:\n"
    + "      - open: transport=unix role=connect address=/s framing=line\n"

  @Test func channelIsNamedAfterTheFirstOpeningAndTheCodec() throws {
    let text = """
      \(Self.head)conversations:
        - name: one
          example: reader
          steps:
            - open: transport=unix role=listen address={folder}/s framing=line
            - send: {value: "int:1", codec: json}
        - name: two
          example: writer
          alone: true
          steps: [{exit: 0}]
      """
    let conversations = try Self.declaration(text).conversations
    #expect(conversations.map(\.channelName) == ["unix+line+json", "alone"])
  }

  /// Texts with a mistake, and how what is said of it begins behind the path.
  static let mistakes: [(String, String)] = [
    (right + "      - start: prog\n", ":9: there is no program \"prog\"; did you mean \"program\"?"),
    (right + "      - {output: x, program: other}\n", ":9: there is no program \"other\"; "),
    (right + "      - {close: c, program: x}\n", ":9: program goes with output, input, stop, exit only."),
    (right + "    programs: {x: {rn: [a]}}\n", ":9: unknown key \"programs.rn\"; did you mean \"run\"?"),
    (right + "    programs: {x: {run: [\"{nope}\"]}}\n", ":9: {nope} is not defined here; "),
    (right + "    programs: {program: {run: [a]}}\n", ":9: the name \"program\" is not made of "),
    (right.replacing("=line", with: "=none"), ":8: unix has no framing none; it goes with multiprocessing, "),
    (right + "      - wait: {pth: a}\n", ":9: unknown key \"wait.pth\"; did you mean \"path\"? The keys are "),
    (right + "      - wait: {port: \"8000\"}\n", ":9: \"8000\" is not of the form 127.0.0.1:8000."),
    (right + "      - stop: trem\n", ":9: stop is \"trem\", which is not known; did you mean \"term\"?"),
    (right + "      - {close: c, from: standard-error}\n", ":9: from goes with output only."),
    (right + "      - {close: c, within: 0}\n", ":9: within is 0; it is a number of milliseconds from 1 to 86400000."),
    (right + "      - together: [{close: c}]\n", ":9: together has 1 steps; it needs at least two."),
    (right + "      - together: [{close: c}, {clse: c}]\n", ":9: unknown key \"steps.clse\"; did you mean \"close\"?"),
    (right + "      - send: {any: true}\n", ":9: send has the wrong form: any can only be received"),
    (right + "      - send: {file: nowhere}\n", ":9: cannot read the file nowhere; "),
    (right + "      - receive: {json: \"{a:\"}\n", ":9: \"{a:\" is not JSON: "),
    (right + "      - receive: {matches: \"(\"}\n", ":9: \"(\" is not a regular expression."),
    (right + "      - {output: x, from: stderr}\n", ":9: from is \"stderr\", which is not known; "),
    (right + "      - start: program\n      - start: program\n", ":10: the program is started already."),
    (right + "      - output: x\n      - start: program\n", ":9: the program is not started yet; "),
    (right + "    stdio: true\n    inherit: pipe\n", ":5: one has stdio and inherit, which exclude each other."),
    (right + "      - input: x\n    stdio: true\n", ":9: the program's standard input is the channel; "),
    (right + "    environment: {A: \"{nope}\"}\n", ":9: {nope} is not defined here; "),
    (right + "colour: red\n", ":9: unknown key \"colour\"; the keys are title, run, language, since, needs, "),
    (right + "    speed: 3\n", ":9: unknown key \"conversations.speed\"; the keys are name, example, "),
    (right + "      - dance: c\n", ":9: unknown key \"steps.dance\"; the keys are start, wait, output, "),
    (
      right + "      - {close: c, accept: c}\n",
      ":9: entry 2 of steps has the wrong form: a step has one of the keys "
    ),
    (
      right + "      - receive: {}\n",
      ":9: receive has the wrong form: a message has one of text, "
    ),
    (right + "      - receive: {hex: 0g}\n", ":9: receive has the wrong form: hex is not "),
    (right + "      - output: \"(\"\n", ":9: \"(\" is not a regular expression."),
    (
      right + "    fifos: [../f]\n", ":9: the FIFO \"../f\" of one is made in the case's own folder; give a plain name."
    ),
    (right + "    alone: true\n", ":9: the conversation one is alone, but its steps open a channel; leave one out."),
    (
      right.replacing("name: one", with: "name: One"),
      ":5: the conversation's name \"One\" is not made of a-z, 0-9 and -."
    ),
    (right.replacing("mine", with: "Mine"), ":3: the language \"Mine\" is not of the form [a-z][a-z0-9._]*"),
    (head, ":1: conversations is missing; interop/notes/README.md shows a declaration."),
    (
      right.replacing("=unix", with: "=uinx"),
      ":8: there is no transport \"uinx\"; did you mean \"unix\"? There are unix, "
    ),
    (right.replacing("=line", with: "=lines"), ":8: there is no framing \"lines\"; did you mean \"line\"? There are "),
    (
      right.replacing("=connect", with: "=conect"),
      ":8: there is no role \"conect\"; did you mean \"connect\"? There are "
    ),
    (right.replacing("=connect", with: "=read"), ":8: there is no role \"read\"; there are listen, connect."),
    (
      right.replacing("role=", with: "rolle="),
      ":8: open has no key \"rolle\"; did you mean \"role\"? There are channel, "
    ),
    (right.replacing("framing=line", with: ""), ":8: open needs framing=; its keys are channel, transport, "),
    (
      right + "      - send: {value: \"int:1\", codec: jsno}\n",
      ":9: codec is \"jsno\", which is not known; did you mean \"json\"?"
    ),
    (right + "      - send: {value: \"int:x\", codec: json}\n", ":9: \"int:x\" is not a value: "),
    (
      right + "      - recieve: {end: true}\n",
      ":9: unknown key \"steps.recieve\"; did you mean \"receive\"? The keys are "
    ),
    (right + "      - receive: {txt: a}\n", ":9: unknown key \"receive.txt\"; did you mean \"text\"? The keys are "),
    (
      right + "      - receive: {error: trunkated}\n",
      ":9: error is \"trunkated\", which is not known; did you mean \"truncated\"?"
    ),
    (
      right.replacing("example: reader", with: "example: raeder"),
      ":6: example is \"raeder\", which is not known; did you mean \"reader\"?"
    ),
    (right + "      - close: d\n", ":9: the channel \"d\" is not opened by an earlier step; "),
    (
      right.replacing("=/s", with: "={nope}"),
      ":8: {nope} is not defined here; there are {declaration}, {folder}, {tag}."
    ),
    (right.replacing("=/s", with: "={foldr}/s"), ":8: {foldr} is not defined here; did you mean {folder}? There are "),
    (right + "      - output: \"{nope}\"\n", ":9: {nope} is not defined here; "),
    (right + "    arguments: [a, \"{nope}\"]\n", ":9: {nope} is not defined here; "),
    (
      head.replacing("[./program]", with: "bash x") + "conversations: []\n",
      ":2: run must be a list, such as [bash, x]; "
    ),
    (head + "conversations: []\n", ":4: conversations is empty; it needs at least one."),
  ]

  @Test func bracesThatAreNoPlaceholderAreKept() throws {
    let steps = """
            - output: "(?<number>\\\\d{1,3}) \\\\p{L}{2}"
            - send: {text: "{{nope}} {number} {1} {{number}}"}

      """
    let conversation = try Self.declaration(Self.right + steps).conversations[0]
    #expect(conversation.steps.count == 3)
    #expect(
      ExampleConversation.filled("{{nope}} {number} {1} {{number}}", ["number": "7"])
        == "{nope} 7 {1} {number}")
  }

  @Test(arguments: mistakes)
  func mistakeIsToldWithItsPlaceAndTheCure(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("mine.yml", text)
    let error = try #require(throws: HarnessError.self) { try ExampleDeclaration(contentsOf: path) }
    #expect(error.description.hasPrefix(path + words), "\(error)")
    #expect(error.isUsage)
  }

  @Test func olderRuntimeThanTheExampleNeedsIsUnsupported() throws {
    let conversation = try Self.declaration(Self.right).conversations[0]
    var declaration = try Self.declaration(Self.right)
    declaration.since = "3.8"
    declaration.conversations = [conversation]
    let programs = [[3, 8], [3, 13], [2, 7]].map { version in
      Example.Program(name: "mine\(version[0]).\(version[1])", path: "/bin/true", version: version)
    }
    let example = Example(declaration: declaration, suite: "examples", folder: "/", programs: programs)
    let peer = Planner.Capabilities(
      name: "a", transports: Set(Transport.allCases.map(\.rawValue)), framings: Set(Framing.allCases.map(\.rawValue)))
    let entries = Planner([peer]).entries([example], breadth: .usual)
    #expect(entries.map(\.obstacle?.outcome) == [nil, nil, .unsupported])
    #expect(entries.map(\.name.pair) == ["a-mine3.8", "a-mine3.13", "a-mine2.7"])
  }

  private static func declaration(_ text: String) throws -> ExampleDeclaration {
    let folder = try TemporaryFolder()
    return try ExampleDeclaration(contentsOf: try folder.write("mine.yml", text))
  }
}
