package import Cases
import Foundation

extension ProtocolPages {
  /// Reads the pages of the adapter protocol: `PROTOCOL.md` and the folder `protocol` beside it.
  ///
  /// - Parameter interop: the path of the folder `interop`.
  /// - Throws: ``HarnessError`` if a page cannot be read.
  package init(interop: String) throws(HarnessError) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: "\(interop)/protocol")) ?? []).filter {
      $0.hasSuffix(".md")
    }.sorted()
    var pages: [(name: String, text: String)] = []
    for name in ["PROTOCOL.md"] + names.map({ "protocol/\($0)" }) {
      guard let text = try? String(contentsOfFile: "\(interop)/\(name)", encoding: .utf8) else {
        throw HarnessError("Cannot read \(interop)/\(name); it is part of the repository.")
      }
      pages.append((name, text))
    }
    self.init(pages)
  }
}
