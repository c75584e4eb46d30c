import AdapterProtocol
import WireFormats

extension GoldenVectors.ValueVector {
  /// The kind of values of which this is one; nil if every language's library carries it.
  var limit: ValueLimit? {
    ValueLimit.codecs.contains { $0.rawValue == codec } ? ValueLimit(of: value.value) : nil
  }
}

extension GoldenVectors.BadMessage {
  /// The kind of values that the message is about; nil if every language's library reads it rightly.
  var valueLimit: ValueLimit? {
    guard ValueLimit.codecs.contains(where: { $0.rawValue == codec }) else { return nil }
    return limit ?? value.flatMap { ValueLimit(of: $0.value) }
  }
}
