import TestInputs
import WireFormats

/// One input of the run: a damaged or random pickle, or a message that is built to be expensive, in turn.
struct FuzzInput {
  let codec: Codec
  let format: String?
  let message: [UInt8]
  private let isExpensive: Bool

  /// The longest line of a reply without its beginning, as in an endpoint.
  private static let longestText = 262_144 - "ok value=".utf8.count

  init(index: Int, seed: UInt64, _ random: RandomPickle) {
    var generator = SeededGenerator(seed: seed &+ UInt64(index))
    isExpensive = index % 2 == 1
    if isExpensive {
      let input = ExpensiveMessage(from: &generator)
      (codec, format, message) = (input.codec, input.format, input.bytes)
    } else {
      (codec, format, message) = (.pickle, nil, random.message(from: &generator))
    }
  }

  /// A file, by its name: what ends with `.json` is JSON, anything else a pickle.
  init(file: String, _ message: [UInt8]) {
    (codec, format, isExpensive) = (file.hasSuffix(".json") ? .json : .pickle, nil, true)
    self.message = message
  }

  /// What came of decoding it as a library does and as an endpoint does.
  enum Outcome {
    case value
    case refused(ErrorKind)
    case wrong(String)
  }

  /// As a library does it; what is no expensive pickle is also written again.
  func decode() -> Outcome {
    guard isExpensive else {
      switch PickleTrial(message) {
      case .value: return .value
      case .refused(let kind): return .refused(kind)
      case .wrong(let reason): return .wrong(reason)
      }
    }
    return decode(longestText: nil)
  }

  /// As an endpoint does it that replies with the value.
  func decodeForReply() -> Outcome { decode(longestText: Self.longestText) }

  private func decode(longestText: Int?) -> Outcome {
    do throws(CodecError) {
      let value = try codec.decode(message, format: format, longestText: longestText)
      guard let longestText else { return .value }
      return value.tokens(atMost: longestText) == nil ? .refused(.usage) : .value
    } catch {
      let kinds: [ErrorKind] = longestText == nil ? [.malformed, .tooLarge] : [.malformed, .tooLarge, .usage]
      return kinds.contains(error.kind) ? .refused(error.kind) : .wrong("it fails with \(error)")
    }
  }
}
