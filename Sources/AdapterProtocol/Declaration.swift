import WireFormats

/// What an endpoint declares in its reply to `hello`.
public struct Declaration: Equatable, Sendable {
  /// The programming language, one word.
  public var language: String
  /// The implementation and its version, such as `CPython 3.11.7`.
  public var runtime: String
  /// The names of transports.
  public var transports: [String]
  /// The names of framings.
  public var framings: [String]
  /// The names of codecs.
  public var codecs: [String]
  /// The names of optional features, such as verbs.
  public var features: [String]
  /// The kinds of values that a codec loses, such as `json:large-int`; see ``ValueLimit``.
  public var limits: [String]

  /// The version of the adapter protocol that this package implements.
  public static let protocolVersion = "1"

  /// Creates a declaration.
  public init(
    language: String, runtime: String, transports: [String], framings: [String], codecs: [String], features: [String],
    limits: [String] = []
  ) {
    self.language = language
    self.runtime = runtime
    self.transports = transports
    self.framings = framings
    self.codecs = codecs
    self.features = features
    self.limits = limits
  }

  /// Reads the reply to `hello`.
  ///
  /// - Throws: ``ProtocolError`` if the reply is an error, has another protocol version, or lacks a key.
  public init(_ reply: Reply) throws(ProtocolError) {
    if case .error(let kind, let message) = reply {
      throw ProtocolError(.refusedHello(kind, message: message))
    }
    let version = reply.text("protocol") ?? ""
    guard version == Self.protocolVersion else {
      throw ProtocolError(.otherVersion(version))
    }
    func value(_ key: String) throws(ProtocolError) -> String {
      guard let text = reply.text(key) else { throw ProtocolError(.missingKey(key)) }
      return text
    }
    func list(_ key: String) throws(ProtocolError) -> [String] {
      try value(key).split(separator: ",").map(String.init)
    }
    language = try value("language")
    runtime = try value("runtime")
    transports = try list("transports")
    framings = try list("framings")
    codecs = try list("codecs")
    features = try list("features")
    limits = reply.text("limits")?.split(separator: ",").map(String.init) ?? []
  }

  /// The reply to `hello`.
  public var reply: Reply {
    let all = [
      Field("protocol", Self.protocolVersion), Field("language", language), Field("runtime", runtime),
      Field("transports", transports.joined(separator: ",")), Field("framings", framings.joined(separator: ",")),
      Field("codecs", codecs.joined(separator: ",")), Field("features", features.joined(separator: ",")),
    ]
    return .ok(all + (limits.isEmpty ? [] : [Field("limits", limits.joined(separator: ","))]))
  }
}
