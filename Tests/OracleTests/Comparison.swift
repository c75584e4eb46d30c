import Foundation
import TestInputs
import WireFormats

/// A value that goes through Swift's codec and CPython's.
struct Comparison {
  var codec: Codec
  var variant: Int
  var format: String?
  var value: Value
  /// Swift's message, or nil if it refused the value.
  var message: [UInt8]?

  init(_ codec: Codec, variant: Int, format: String? = nil, _ value: Value) {
    (self.codec, self.variant, self.format, self.value) = (codec, variant, format, value)
    message = try? codec.encode(value, format: format)
  }

  /// What Swift and CPython disagree about; nil if there is nothing.
  func disagreement(_ answer: Answer) -> String? {
    if !answer.complaint.isEmpty {
      return "Swift wrote \(message.map { Hex.text($0) } ?? "nothing"): \(answer.complaint)"
    }
    guard answer.tokens != "refused" else { return message == nil ? nil : "only CPython refuses it" }
    do {
      let read = try codec.decode(answer.message, format: format)
      let expected = try Value(tokens: answer.tokens)
      return read == expected
        ? nil : "CPython wrote \(Hex.text(answer.message)) for \(answer.tokens), and Swift reads \(read.tokens)"
    } catch {
      return "CPython wrote \(Hex.text(answer.message)), and Swift says \(error)"
    }
  }
}

/// What CPython says of a value.
struct Answer {
  var complaint: String
  var message: [UInt8]
  var tokens: String
}

extension CPython {
  /// Puts values to CPython, all in one call.
  func answers(_ comparisons: [Comparison]) throws -> [Answer] {
    var batch: [UInt8] = []
    for comparison in comparisons {
      let fields = [
        Array("\(comparison.codec.rawValue) \(comparison.variant)".utf8), Array((comparison.format ?? "").utf8),
        Array(comparison.value.tokens.utf8), comparison.message ?? Array("refused".utf8),
      ]
      for field in fields {
        for shift in stride(from: 0, to: 32, by: 8) { batch.append(UInt8(truncatingIfNeeded: field.count >> shift)) }
        batch += field
      }
    }
    var rest = try answer(batch)[...]
    return comparisons.map { _ in
      let complaint = String(decoding: Self.field(&rest), as: UTF8.self)
      let message = Array(Self.field(&rest))
      return Answer(complaint: complaint, message: message, tokens: String(decoding: Self.field(&rest), as: UTF8.self))
    }
  }

  private static func field(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    defer { bytes = bytes.dropFirst(4 + length) }
    return bytes.dropFirst(4).prefix(length)
  }
}
