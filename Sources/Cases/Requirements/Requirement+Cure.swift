extension Requirement {
  /// What to do when an endpoint breaks the rule: one sentence, for an author in any language.
  package var cure: String { Self.cures[self] ?? "Do what the rule says." }

  /// The cures of all rules, by subject in the files beside this one; a test sees to it that there is one for each.
  static let cures: [Requirement: String] = [
    lineCures, helloCures, openingCures, messageCures, closingCures, transportCures, framingCures, kindCures,
    refusalCures,
    socketCures, memoryCures, multiprocessingCures, valueCures, optionalVerbCures,
  ].reduce(into: [:]) { all, subject in all.merge(subject) { first, _ in first } }
}

extension Requirement {
  /// Why no check of a runner can test the rule; nil for the many that one can.
  package var untestable: String? {
    switch self {
    case .runtimeNamed: "only a person can tell whether it is the true name; every report shows it"
    case .messageForPeople: "only a person can tell whether a sentence helps; every failure shows it"
    case .cellAtomicWords: "only chance shows a word that is stored in halves or too early"
    case .cellEndLookedAtFirst: "nobody can write between the two looks on purpose"
    case .listFormatTooLong: "no command is long enough for such bytes"
    case .memoryWholeWhenFound: "nobody can look between an object's making and its sizing on purpose"
    default: nil
    }
  }
}
