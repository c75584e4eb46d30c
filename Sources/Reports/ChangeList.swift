import Journal

/// Cases that are different from an earlier run in the same way.
public struct ChangeList: Sendable, Equatable {
  /// What has become of them: `newly failing`.
  public var title: String
  /// Whether a maintainer has to do something.
  public var isBad: Bool
  /// The cases, each with what there is to say of it.
  public var lines: [String]

  /// Makes a list.
  public init(title: String, isBad: Bool, lines: [String]) {
    self.title = title
    self.isBad = isBad
    self.lines = lines
  }
}

extension RunComparison {
  /// What changed, as lists that have something in them; what a maintainer has to look at comes first.
  public var changeLists: [ChangeList] {
    let slow = slower.map { slow in
      "\(slow.name)  \(Self.milliseconds(slow.old)) → \(Self.milliseconds(slow.new)), \(Decimal.text(slow.factor, 2)) times as long"
    }
    return [
      Self.list("newly failing", newlyFailing, isBad: true), Self.list("lost: passed before", lost, isBad: true),
      Self.list("newly passing", newlyPassing), Self.list("now a known failure: passed before", newlyKnown),
      Self.list("new", added), Self.list("gone", removed),
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
