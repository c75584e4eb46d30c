import TestInputs
import Testing
import WireFormats

/// A pickle of `interop/vectors/pickles.yml`, which CPython wrote.
struct PickleVector: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var from: String
  var bytes: HexBytes
  var value: String

  var testDescription: String { name }

  static let all: [PickleVector] = VectorFile.entries("pickles.yml")
}

@Suite("Pickles that CPython wrote")
struct PickleVectorsTests {
  @Test("Each is the value that it should be", arguments: PickleVector.all)
  func decodes(vector: PickleVector) throws {
    let value = try Codec.pickle.decode(vector.bytes.bytes)
    let expected = try Value(tokens: vector.value)
    #expect(value == expected, "\(vector.name): \(value.tokens) instead of \(vector.value)")
  }

  @Test("What is plain data comes back from our own pickle", arguments: PickleVector.all)
  func roundTrips(vector: PickleVector) throws {
    guard !vector.value.contains("object:") else { return }
    let value = try Value(tokens: vector.value)
    #expect(try Codec.pickle.decode(Codec.pickle.encode(value)) == value)
  }

  @Test("Cut anywhere, each is malformed and nothing worse", arguments: PickleVector.all)
  func truncated(vector: PickleVector) {
    for length in 0..<(vector.bytes.bytes.count - 1) {
      let error = #expect(throws: CodecError.self) { try Codec.pickle.decode(Array(vector.bytes.bytes[..<length])) }
      #expect(error?.kind == .malformed, "\(vector.name) cut to \(length) bytes")
    }
  }
}
