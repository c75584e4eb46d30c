import Foundation
import Journal

/// A run as one HTML page that needs nothing else: no network, no other file.
///
/// The page holds the run as JSON and draws what is looked at. What an adapter wrote is text in it, never markup.
public struct HTMLReport: Sendable {
  private let run: WholeRun

  private let changes: [ChangeList]

  /// Reports on a run.
  ///
  /// - Parameters:
  ///   - run: the run.
  ///   - changes: what changed since an earlier run, if it was compared with one.
  public init(_ run: WholeRun, changes: [ChangeList] = []) {
    self.run = run
    self.changes = changes
  }

  /// The page; ends with a line feed.
  ///
  /// - Throws: what the JSON encoder throws, which it has no reason to.
  public func text() throws -> String {
    let summary = run.summary
    let banner = summary.incompleteness.map { "<p class=\"banner\" role=\"alert\">⚠ \(XMLText.escaped($0))</p>" }
    return Self.filled([
      "title": XMLText.escaped("Parley: \(summary.headline)"), "headline": XMLText.escaped(summary.headline),
      "state": summary.state.rawValue, "sign": Self.sign(summary.state), "incompleteness": banner ?? "",
      "balance": XMLText.escaped(summary.tally.line), "style": Self.text(PackageResources.page_css),
      "script": "(() => {\n\"use strict\";\n\(Self.script)})();", "data": try content(),
    ])
  }

  /// The run as JSON that cannot end the element it is in, whatever it holds.
  private func content() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var result: [UInt8] = []
    for byte in try encoder.encode(PageContent(run, changes: changes)) {
      switch byte {
      case UInt8(ascii: "<"): result += Array("\\u003c".utf8)
      case UInt8(ascii: ">"): result += Array("\\u003e".utf8)
      case UInt8(ascii: "&"): result += Array("\\u0026".utf8)
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func sign(_ state: RunSummary.State) -> String {
    switch state {
    case .passed: "✓"
    case .failed: "✗"
    case .interrupted, .cutOff: "⚠"
    }
  }

  private static var script: String {
    [
      PackageResources.elements_js, PackageResources.run_js, PackageResources.state_js,
      PackageResources.adapters_js, PackageResources.matrix_js, PackageResources.detail_js, PackageResources.rules_js,
      PackageResources.page_js,
    ].map(text).joined()
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The page's template with each `{{name}}` replaced, in one pass: what is put in is not looked at again.
  private static func filled(_ values: [String: String]) -> String {
    var result = ""
    for (index, part) in text(PackageResources.page_html).components(separatedBy: "{{").enumerated() {
      guard index > 0, let end = part.range(of: "}}") else {
        result += part
        continue
      }
      result += values[String(part[..<end.lowerBound])] ?? ""
      result += part[end.upperBound...]
    }
    return result
  }
}
