package import Cases
import Journal

extension CaseCosts {
  /// Reads the costs from a journal, which may be cut off.
  ///
  /// - Throws: ``Journal/JournalFile/Failure`` for what is no journal.
  package init(journal path: String) throws {
    var records: [CaseRecord] = []
    _ = try JournalFile.read(path) { event in
      if case .caseEnded(let record) = event {
        records.append(CaseRecord(name: record.name, outcome: record.outcome, seconds: record.ownSeconds))
      }
    }
    self.init(records)
  }
}
