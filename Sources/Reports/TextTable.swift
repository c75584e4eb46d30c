/// Columns of text, padded to the widest entry.
public struct TextTable: Sendable {
  private let header: [String]
  private let rows: [[String]]

  /// Makes a table; every row has as many entries as the header.
  public init(header: [String], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  private var widths: [Int] {
    header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
  }

  /// The number of a terminal's columns that the table takes.
  public var width: Int { widths.reduce(0, +) + 2 * (widths.count - 1) }

  /// The table; ends with a line feed.
  public var text: String {
    let widths = widths
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
