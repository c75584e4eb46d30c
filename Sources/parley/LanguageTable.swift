import AdapterProtocol
import Runner
import WireFormats

/// The tables of `interop/LANGUAGES.md`: what each adapter declares in its reply to `hello`.
struct LanguageTable {
  private let adapters: [(name: String, declaration: Declaration)]

  /// Creates the tables of the adapters that answered; the others have no row.
  init(_ adapters: [Adapter]) {
    self.adapters = adapters.compactMap { adapter in adapter.declaration.map { (adapter.name, $0) } }
  }

  /// Two tables in Markdown.
  var markdown: String {
    let transports = Transport.allCases.map(\.rawValue)
    let codecs = Codec.allCases.map(\.rawValue)
    let first = Self.table(
      ["adapter"] + transports, adapters.map { [$0.name] + Self.marks($0.declaration.transports, transports) })
    let second = Self.table(
      ["adapter"] + codecs + ["features", "framings", "limits"],
      adapters.map { name, declaration in
        [name] + Self.marks(declaration.codecs, codecs)
          + [declaration.features.sorted(), Self.framings(declaration.framings), declaration.limits]
          .map { $0.joined(separator: " ") }
      })
    return "\(first)\n\(second)"
  }

  private static func marks(_ declared: [String], _ known: [String]) -> [String] {
    known.map { declared.contains($0) ? "✓" : "" }
  }

  private static func framings(_ declared: [String]) -> [String] {
    Set(declared).isSuperset(of: Framing.allCases.map(\.rawValue)) ? ["all"] : declared
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> String {
    ([header, header.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}
