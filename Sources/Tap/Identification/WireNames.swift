package import Cases
package import WireFormats

/// The one place where the tap turns names into framings and codecs.
package enum WireNames {
  /// The framings that `auto` tries, the most telling first.
  package static let candidates: [Framing] = [.contentLength, .netstring, .multiprocessing, .u32le, .line, .varint]

  private static var knownFramings: [String] { Framing.allCases.map(\.rawValue) + ["auto"] }
  private static let knownCodecs = Codec.allCases.map(\.rawValue) + ["text", "hex", "auto"]

  /// The framing that a person names; nil for `auto`.
  ///
  /// - Throws: a usage error with the nearest word.
  package static func framing(_ name: String) throws(HarnessError) -> Framing? {
    if name == "auto" { return nil }
    if let framing = Framing(rawValue: name) { return framing }
    throw HarnessError(
      "There is no framing \"\(name)\"; \(NearestWord.advice(name, among: knownFramings)).", isUsage: true)
  }

  /// The codec that a person names, such as `pickle`, `struct:<iqd`, `text`, `hex` or `auto`.
  ///
  /// - Throws: a usage error with the nearest word.
  package static func codec(_ name: String) throws(HarnessError) -> CodecChoice {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch parts[0] {
    case "auto" where parts.count == 1: return .auto
    case "text" where parts.count == 1: return .text
    case "hex" where parts.count == 1: return .hex
    default: break
    }
    guard let codec = Codec(rawValue: parts[0]) else {
      throw HarnessError(
        "There is no codec \"\(parts[0])\"; \(NearestWord.advice(parts[0], among: knownCodecs)).", isUsage: true)
    }
    let format = parts.count == 2 ? parts[1] : nil
    do {
      // Only to learn whether the format is one; most formats do not read an empty message.
      _ = try codec.decode([], format: format)
    } catch  where error.kind == .usage {
      throw HarnessError("--codec \(name): \(error.message)", isUsage: true)
    } catch {}
    return .named(codec, format: format)
  }
}

/// How the tap reads messages.
package enum CodecChoice: Equatable, Sendable {
  /// As whatever they turn out to be.
  case auto
  /// As UTF-8.
  case text
  /// Not at all.
  case hex
  /// With one codec; the format is for `struct`.
  case named(Codec, format: String?)
}
