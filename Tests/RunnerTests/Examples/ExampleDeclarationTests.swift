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
    head + "conversations:\n  - name: one\n    example: reader\n    steps:\n      - open: transport=unix\n"

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
    (right + "colour: red\n", ":9: unknown key \"colour\"; the keys are title, run, language, since, "),
    (right + "    speed: 3\n", ":9: unknown key \"conversations.speed\"; the keys are name, example, "),
    (right + "      - dance: c\n", ":9: unknown key \"steps.dance\"; the keys are output, input, open, "),
    (
      right + "      - {close: c, accept: c}\n",
      ": conversations.0.steps.1 has the wrong form: a step has one of the keys "
    ),
    (
      right + "      - receive: {}\n",
      ": conversations.0.steps.1.receive has the wrong form: a message has one of text, "
    ),
    (right + "      - receive: {hex: 0g}\n", ": conversations.0.steps.1.receive has the wrong form: hex is not "),
    (right + "      - output: \"(\"\n", ": \"(\" in the conversation one is not a regular expression."),
    (right + "    fifos: [../f]\n", ": the FIFO \"../f\" of one is made in the case's own folder; give a plain name."),
    (right + "    alone: true\n", ": the conversation one is alone, but its steps open a channel; leave one out."),
    (
      right.replacing("name: one", with: "name: One"),
      ": the conversation's name \"One\" is not made of a-z, 0-9 and -."
    ),
    (right.replacing("mine", with: "Mine"), ": the language \"Mine\" is not of the form [a-z][a-z0-9._]*"),
    (head, ": conversations is missing; interop/notes/README.md shows a declaration."),
  ]

  @Test(arguments: mistakes)
  func mistakeIsToldWithItsPlaceAndTheCure(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("mine.yml", text)
    let error = try #require(throws: HarnessError.self) { try ExampleDeclaration(contentsOf: path) }
    #expect(error.description.hasPrefix(path + words), "\(error)")
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
