package import AdapterProtocol

extension Command {
  /// Reads a line; one that breaks the grammar, such as one with a repeated key, is sent verbatim.
  package init(line: String) { self = (try? Command(parsing: Array(line.utf8)[...])) ?? Command(raw: line) }
}
