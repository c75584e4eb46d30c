import AdapterProtocol
package import Journal

extension Adapter {
  /// The adapter's entry in the journal.
  package var record: AdapterRecord {
    switch state {
    case .ready(let said):
      AdapterRecord(
        name: name, title: title, runtime: said.runtime,
        declares: AdapterRecord.Declared(
          transports: said.transports, framings: said.framings, codecs: said.codecs, features: said.features,
          limits: said.limits))
    case .missing(let program, let install):
      AdapterRecord(name: name, title: title, problem: "\(program) is not installed", cure: install)
    case .broken(let problem): AdapterRecord(name: name, title: title, problem: problem)
    }
  }
}
