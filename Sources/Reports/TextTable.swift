/// Columns of text, padded to the widest entry.
public struct TextTable: Sendable {
  private let header: [String]
  private let rows: [[String]]

  /// Makes a table; every row has as many entries as the header.
  public init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  /// The table; ends with a line feed.
  public var text: String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let rule = widths.map { String(repeating: "─", count: $0) }
    return ([header, rule] + rows).map { line($0, widths) }.joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = zip(cells, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
      .joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
