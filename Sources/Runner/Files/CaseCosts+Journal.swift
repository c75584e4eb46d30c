package import Cases
import Journal

extension CaseCosts {
  /// Reads the costs from a journal, which may be truncated.
  ///
  /// - Throws: ``Journal/JournalFile/Failure`` for a file that is not a journal.
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
