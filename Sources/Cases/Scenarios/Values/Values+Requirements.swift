import AdapterProtocol
import WireFormats

extension Requirement {
  /// The rules that values of a kind check in a codec, by the kind's scenario.
  static func values(of kind: String, in codec: Codec) -> [Requirement] {
    let tokens: [Requirement] =
      switch kind {
      case "constants": [.constantTokens]
      case "integers": [.intToken]
      case "floats": [.floatTokens]
      case "texts": [.textToken]
      case "bytes": [.bytesTokens]
      case "maps": [.mapToken]
      default: [.sequenceTokens]
      }
    switch codec {
    case .json: return tokens + [.jsonForm] + (json[kind] ?? [])
    case .pickle: return tokens
    case .structure: return tokens + [.structSizes, .structFloat]
    case .shareableList, .shareableList38: return tokens + [.listPadding]
    }
  }

  private static let json: [String: [Requirement]] = [
    "integers": [.jsonNumberKinds], "floats": [.jsonFloats, .jsonNumberKinds], "texts": [.jsonEscapes],
  ]

  /// The rules that values of a kind check which may be a limit.
  static func limited(_ limit: ValueLimit) -> [Requirement] {
    switch limit {
    case .largeInt: [.valueSent, .valueReceived, .intToken, .jsonNumberKinds]
    case .hugeInt: [.valueSent, .valueReceived, .intToken, .jsonNumberKinds, .messageIntTooLong]
    case .wholeFloat, .minusZero: [.valueSent, .valueReceived, .floatTokens, .jsonFloats, .jsonNumberKinds]
    case .duplicateNames: [.messageNotRead, .jsonNameTwice]
    case .loneSurrogate: [.messageNotRead, .jsonLoneSurrogate]
    case .numberRange: [.messageNotRead, .jsonNumberTooLarge]
    }
  }

  /// The rules that bad messages of a codec check: those that `interop/vectors/bad-values.yml` has messages for.
  static func badMessages(of codec: Codec) -> [Requirement] {
    switch codec {
    case .json:
      [
        .jsonReading, .jsonMinusZero, .jsonTrailingBytes, .jsonTooDeep,
      ]
    case .pickle:
      [
        .pickleProtocols, .pickleExecutesNothing, .pickleOutsideOpcodes, .pickleCycle, .pickleLoneSurrogate,
        .pickleTooDeep, .pickleTooManyParts, .objectToken, .messageIntTooLong,
      ]
    case .structure: [.structLength, .structFormat]
    case .shareableList, .shareableList38: []
    }
  }
}
