/// The stable name of a case: `suite/channel/pair/scenario`, such as `messages/unix+line/swift-python/greeting`.
public struct CaseName: Hashable, Sendable {
  /// What the scenarios of the case have in common.
  public var suite: String
  /// The transport, framing and codec, joined with `+`.
  public var channel: String
  /// The writer's and the reader's adapter, joined with `-`.
  public var pair: String
  /// What is done.
  public var scenario: String

  /// Joins the four parts.
  public init(suite: String, channel: String, pair: String, scenario: String) {
    self.suite = suite
    self.channel = channel
    self.pair = pair
    self.scenario = scenario
  }

  /// Reads a name; nil if it does not have four parts.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, !parts.contains("") else { return nil }
    self.init(suite: parts[0], channel: parts[1], pair: parts[2], scenario: parts[3])
  }
}

extension CaseName: CustomStringConvertible {
  /// The four parts, joined with `/`.
  public var description: String { "\(suite)/\(channel)/\(pair)/\(scenario)" }
}

extension CaseName: Codable {
  /// Reads the name from one string.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let name = CaseName(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is not suite/channel/pair/scenario"))
    }
    self = name
  }

  /// Writes the name as one string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
