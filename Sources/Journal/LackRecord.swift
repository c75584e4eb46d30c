/// What an adapter does not declare, though a case needs it.
public struct LackRecord: Hashable, Codable, Sendable {
  /// A list of the adapter's `hello`.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// In `transports`.
    case transport
    /// In `framings`.
    case framing
    /// In `codecs`.
    case codec
    /// In `features`.
    case feature
    /// Too much rather than missing: a kind of values in `limits`.
    case limit
  }

  /// The adapter.
  public var adapter: String
  /// The list in which something is missing.
  public var kind: Kind
  /// What is missing there.
  public var name: String

  /// Describes what is missing.
  public init(adapter: String, kind: Kind, name: String) {
    self.adapter = adapter
    self.kind = kind
    self.name = name
  }

  /// What is missing, in a few words.
  public var reason: String {
    kind == .limit
      ? "\(adapter) declares the limit \(name)" : "\(adapter) does not declare the \(kind.rawValue) \(name)"
  }
}
