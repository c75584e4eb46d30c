import TestInputs
import Testing
import WireFormats

/// A value of `interop/vectors/values.yml`; CPython made its bytes.
struct ValueVector: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var codec: String
  var format: String?
  var value: String
  var bytes: HexBytes?

  var testDescription: String { name }

  static let all: [ValueVector] = VectorFile.entries("values.yml")
}

/// A message of `interop/vectors/bad-values.yml`.
struct BadValueVector: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var codec: String
  var format: String?
  var bytes: HexBytes
  var kind: ErrorKind?
  var value: String?

  var testDescription: String { name }

  static let all: [BadValueVector] = VectorFile.entries("bad-values.yml")
}

@Suite("Values of every kind, at their extremes")
struct ValueVectorsTests {
  @Test("The message has the bytes of CPython, and is the value again", arguments: ValueVector.all)
  func roundTrips(vector: ValueVector) throws {
    let codec = try #require(Codec(rawValue: vector.codec))
    let value = try Value(tokens: vector.value)
    #expect(value.tokens == vector.value)
    let message = try codec.encode(value, format: vector.format)
    #expect(try codec.decode(message, format: vector.format) == value)
    if let bytes = vector.bytes { #expect(HexBytes(message) == bytes) }
  }

  @Test("What is bad gives its kind, what only looks bad its value", arguments: BadValueVector.all)
  func bad(vector: BadValueVector) throws {
    let codec = try #require(Codec(rawValue: vector.codec))
    if let kind = vector.kind {
      let error = #expect(throws: CodecError.self) { try codec.decode(vector.bytes.bytes, format: vector.format) }
      #expect(error?.kind == kind, "\(error.map(\.message) ?? "")")
    } else {
      let value = try codec.decode(vector.bytes.bytes, format: vector.format)
      #expect(value.tokens == vector.value)
    }
  }

  @Test("Names are unique, and fit a case's name")
  func names() {
    let names = ValueVector.all.map(\.name) + BadValueVector.all.map(\.name) + PickleVector.all.map(\.name)
    #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z0-9-]+/) != nil })
    #expect(Set(ValueVector.all.map(\.name)).count == ValueVector.all.count)
    #expect(Set(BadValueVector.all.map(\.name)).count == BadValueVector.all.count)
    #expect(Set(PickleVector.all.map(\.name)).count == PickleVector.all.count)
  }
}
