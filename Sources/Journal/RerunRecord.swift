/// The words that run one case of a run again.
///
/// A journal may come from anywhere, so its words are not printed as they stand: each is quoted, the program must be Parley's, and
/// only options are taken that choose adapters or set how a case runs.
public struct RerunRecord: Equatable, Codable, Sendable {
  /// The program, and its subcommand unless the program is a script that gives it: `parley run`, `scripts/matrix`.
  public var program: [String]
  /// The words that add an adapter from outside `interop`, by the adapter's name.
  public var adapters: [String: [String]]
  /// The other options: `--fresh`.
  public var options: [String]

  /// Describes the words.
  public init(program: [String], adapters: [String: [String]] = [:], options: [String] = []) {
    self.program = program
    self.adapters = adapters
    self.options = options
  }

  /// Takes the words of a command, as journals have it that do not tell which adapter an option adds.
  ///
  /// What is not one plain command becomes `parley run`.
  public init(command: String) {
    guard let words = command.shellWords else {
      self.init(program: Self.usual)
      return
    }
    let count = words.firstIndex { $0.hasPrefix("--") } ?? words.count
    self.init(program: Array(words[..<count]), options: Array(words[count...]))
  }

  private static let usual = ["parley", "run"]
  /// The options that are taken, and whether a value follows.
  private static let known = [
    "--adapter": true, "--runtime": true, "--example": true, "--timeout": true, "--runtimes": false, "--fresh": false,
    "--no-tap": false,
  ]

  /// The command that runs a case again.
  public func command(_ name: CaseName) -> String { "\(prefix(pair: name.pair)) \(name.description.quotedForShell)" }

  /// The command that runs a case of a pair again, before the case's name.
  public func prefix(pair: String) -> String {
    var added: [[String]] = []
    for name in pair.split(separator: "-") {
      // Two versions of a runtime share a folder.
      if let words = adapters[String(name)], !added.contains(words) { added.append(words) }
    }
    return text(added.joined() + options)
  }

  /// The command with all adapters, before the name of any case.
  public var wholePrefix: String {
    text(Set(adapters.values).sorted { $0.lexicographicallyPrecedes($1) }.joined() + options)
  }

  /// Whether the program is Parley, whose options the other words are.
  var isParley: Bool {
    let file = program.first?.split(separator: "/").last ?? ""
    return file == "parley" ? program.count == 2 && program[1] == "run" : file == "matrix" && program.count == 1
  }

  private func text(_ options: some Sequence<String>) -> String {
    guard isParley, let options = Self.checked(Array(options)) else {
      return Self.usual.joined(separator: " ")
    }
    return (program + options).map(\.shellWord).joined(separator: " ")
  }

  /// The words, or nil if one of them is not of a known option.
  private static func checked(_ words: [String]) -> [String]? {
    var place = 0
    while place < words.count {
      guard let hasValue = known[words[place]] else { return nil }
      place += hasValue ? 2 : 1
    }
    return place == words.count ? words : nil
  }
}

extension RunStart {
  /// The command that runs the same cases again, each word quoted; `parley run` if it is not one plain command of Parley's.
  public var quotedCommand: String {
    guard let words = command.shellWords,
      let option = words.firstIndex(where: { $0 == "run" || $0.hasSuffix("matrix") }),
      RerunRecord(program: Array(words[...option])).isParley
    else { return RerunRecord(command: "").wholePrefix }
    return words.map(\.shellWord).joined(separator: " ")
  }
}
