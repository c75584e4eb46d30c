public import Journal

/// Cases that are different from an earlier run in the same way.
public struct ChangeList: Sendable, Equatable {
  /// What has become of them: `newly failing`.
  public var title: String
  /// Whether a maintainer has to do something.
  public var isBad: Bool
  /// The cases, each with what there is to say of it; of cases that are only counted, the first alone.
  public var lines: [String]
  /// How many cases there are.
  public var count: Int
  /// Whether the cases are only counted.
  public var isCount: Bool

  /// Makes a list of cases that are all named.
  public init(title: String, isBad: Bool, lines: [String]) {
    self.title = title
    self.isBad = isBad
    self.lines = lines
    count = lines.count
    isCount = false
  }

  /// Makes a list of cases that are only counted: against a narrower run there are thousands.
  public init(title: String, isBad: Bool, counted names: [CaseName]) {
    self.title = title
    self.isBad = isBad
    lines = names.prefix(1).map(\.description)
    count = names.count
    isCount = true
  }
}

extension RunComparison {
  /// What changed, as lists that have something in them; what a maintainer has to look at comes first.
  public var changeLists: [ChangeList] {
    let slow = slower.map { slow in
      "\(slow.name)  \(Self.milliseconds(slow.old)) → \(Self.milliseconds(slow.new)), \(Decimal.text(slow.factor, 2)) times as long"
    }
    let (gone, kept) = (lost.filter { $0.new == nil }, lost.filter { $0.new != nil })
    return [
      Self.list("newly failing", newlyFailing, isBad: true), Self.list("lost: passed before", kept, isBad: true),
      ChangeList(title: "lost: passed before, not planned now", isBad: true, counted: gone.map(\.name)),
      Self.list("newly passing", newlyPassing), Self.list("now a known failure: passed before", newlyKnown),
      ChangeList(title: "new: not planned before", isBad: false, counted: added.map(\.name)),
      ChangeList(title: "gone: not planned now", isBad: false, counted: removed.map(\.name)),
      ChangeList(title: "slower by more than noise", isBad: false, lines: slow),
    ].filter { !$0.lines.isEmpty }
  }

  private static func list(_ title: String, _ changes: [Change], isBad: Bool = false) -> ChangeList {
    let lines = changes.map { change in
      let why = change.why?.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
      return "\(change.name)  \(word(change.old)) → \(word(change.new))\(why)"
    }
    return ChangeList(title: title, isBad: isBad, lines: lines)
  }

  private static func word(_ outcome: Outcome?) -> String {
    switch outcome {
    case nil: "absent"
    case .notRun?: "not run"
    case let outcome?: outcome.rawValue
    }
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(Decimal.text(seconds * 1000, 2)) ms" }
}
