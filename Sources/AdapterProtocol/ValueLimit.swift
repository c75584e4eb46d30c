public import WireFormats

/// A kind of value that the library of some languages loses, so that an endpoint may declare it as a limit of a codec.
///
/// The source is the section "Limits" of `interop/protocol/values.md`.
public enum ValueLimit: String, CaseIterable, Codable, Sendable {
  case largeInt = "large-int"
  case hugeInt = "huge-int"
  case wholeFloat = "whole-float"
  case minusZero = "minus-zero"
  case duplicateNames = "duplicate-names"
  case loneSurrogate = "lone-surrogate"
  case numberRange = "number-range"

  /// The values or messages, in a few words.
  public var summary: String {
    switch self {
    case .largeInt: "whole numbers beyond 2 to the 53"
    case .hugeInt: "whole numbers beyond the signed 64 bits"
    case .wholeFloat: "floating-point numbers without a fraction"
    case .minusZero: "the floating-point number -0"
    case .duplicateNames: "a name that stands twice in an object is refused"
    case .loneSurrogate: "a lone surrogate is refused"
    case .numberRange: "a number beyond f64 is refused"
    }
  }

  /// How `hello` names it under `limits`, such as `json:large-int`.
  public func name(in codec: Codec) -> String { "\(codec.rawValue):\(rawValue)" }

  /// The codecs of which it can be declared.
  public static let codecs: [Codec] = [.json]

  /// Every name that `limits` may have.
  public static let names: [String] = codecs.flatMap { codec in allCases.map { $0.name(in: codec) } }

  /// The kind of a value, or of the first part of it that is of any; nil if every language carries it.
  public init?(of value: Value) {
    switch value {
    case .null, .bool, .text, .bytes, .byteArray, .f32, .object: return nil
    case .int(let number):
      // 2 to the 53 is the last whole number that a Double tells from its neighbours.
      guard let small = Int64(exactly: number) else {
        self = .hugeInt
        return
      }
      guard small.magnitude > 1 << 53 else { return nil }
      self = .largeInt
    case .f64(let number):
      guard number.isFinite, number == number.rounded() else { return nil }
      self = number.sign == .minus && number.isZero ? .minusZero : .wholeFloat
    case .list(let parts), .tuple(let parts), .set(let parts), .frozenSet(let parts):
      guard let limit = parts.lazy.compactMap({ Self(of: $0) }).first else { return nil }
      self = limit
    case .map(let pairs):
      guard let limit = pairs.lazy.compactMap({ Self(of: $0.value) ?? Self(of: $0.key) }).first else { return nil }
      self = limit
    }
  }
}
