import Testing
import WireFormats

@Suite("Codecs refuse what they cannot carry")
struct CodecTests {
  @Test(
    "Values that a codec has no form for",
    arguments: [
      (Codec.json, "bytes:00"), (.json, "bytearray:00"), (.json, "tuple:0"), (.json, "set:0"), (.json, "frozenset:0"),
      (.json, "f64:7ff0000000000000"), (.json, "f64:7ff8000000000000"), (.json, "f32:00000000"),
      (.json, "map:1,int:1,null"),
      (.json, "map:2,text:61,null,text:61,null"), (.json, "object:61,null,null"), (.json, "list:1,bytes:00"),
      (.pickle, "f32:00000000"), (.pickle, "object:61,null,null"), (.pickle, "list:1,f32:00000000"),
      (.pickle, "set:1,list:0"),
      (.pickle, "map:1,map:0,null"), (.pickle, "map:1,tuple:1,bytearray:00,null"), (.pickle, "frozenset:1,set:0"),
    ])
  func cannotCarry(codec: Codec, tokens: String) throws {
    let value = try Value(tokens: tokens)
    let error = #expect(throws: CodecError.self) { try codec.encode(value) }
    #expect(error?.kind == .malformed)
  }

  @Test(
    "Values that do not fit a format",
    arguments: [
      ("<b", "tuple:1,int:128"), ("<b", "tuple:1,int:-129"), ("<B", "tuple:1,int:-1"), ("<B", "tuple:1,int:256"),
      ("<q", "tuple:1,int:9223372036854775808"), ("<Q", "tuple:1,int:18446744073709551616"), ("<i", "tuple:1,true"),
      ("<i", "tuple:1,f64:3ff0000000000000"), ("<d", "tuple:1,int:1"), ("<?", "tuple:1,int:1"),
      ("<c", "tuple:1,bytes:"),
      ("<c", "tuple:1,bytes:0000"), ("<s", "tuple:1,text:61"), ("<s", "tuple:1,bytearray:61"), ("<i", "tuple:0"),
      ("<i", "tuple:2,int:1,int:1"), ("<i", "int:1"), ("<i", "list:1,int:1"), ("<f", "tuple:1,f64:7fefffffffffffff"),
      ("@f", "tuple:1,f64:7fefffffffffffff"), ("<e", "tuple:1,f64:40f0000000000000"), ("<x", "tuple:1,null"),
      ("<d", "tuple:1,null"),
    ])
  func misfits(format: String, tokens: String) throws {
    let value = try Value(tokens: tokens)
    let error = #expect(throws: CodecError.self) { try Codec.structure.encode(value, format: format) }
    #expect(error?.kind == .malformed)
  }

  @Test("Formats beyond the limits are too large, whatever their numbers")
  func hugeFormats() {
    for format in ["67108865x", "<4194305B", "99999999999999999999s", "<9223372036854775807q", "<67108864x1x"] {
      let error = #expect(throws: CodecError.self) { try Codec.structure.decode([], format: format) }
      #expect(error?.kind == .tooLarge, "\(format)")
    }
  }

  @Test("A short string is filled up, a long one cut, as Python does it")
  func strings() throws {
    func packed(_ format: String) throws -> [UInt8] {
      try Codec.structure.encode(.tuple([.bytes([1, 2, 3])]), format: format)
    }
    #expect(try packed("<5s") == [1, 2, 3, 0, 0])
    #expect(try packed("<2s") == [1, 2])
    #expect(try packed("<5p") == [3, 1, 2, 3, 0])
    #expect(try packed("<3p") == [2, 1, 2])
    // A length byte beyond the field.
    #expect(try Codec.structure.decode([9, 1, 2], format: "<3p") == .tuple([.bytes([1, 2])]))
  }

  @Test("struct needs a format, and nothing else takes one")
  func formats() {
    for codec in Codec.allCases {
      let format = codec == .structure ? nil : "<i"
      let encoding = #expect(throws: CodecError.self) { try codec.encode(.null, format: format) }
      let decoding = #expect(throws: CodecError.self) { try codec.decode([], format: format) }
      #expect(encoding?.kind == .usage && decoding?.kind == .usage)
    }
  }

  @Test("A number of more than 20,000 digits is too large for JSON")
  func longNumber() {
    let digits = [UInt8](repeating: UInt8(ascii: "9"), count: 20_001)
    let error = #expect(throws: CodecError.self) { try Codec.json.decode(digits) }
    #expect(error?.kind == .tooLarge)
    #expect(throws: Never.self) { try Codec.json.decode(Array(digits.dropLast())) }
  }

  @Test("JSON nested 200 deep is read and written, and a hundred thousand brackets do no harm")
  func nesting() throws {
    let deepest = [UInt8](repeating: 0x5b, count: 201) + [UInt8](repeating: 0x5d, count: 201)
    #expect(try Codec.json.encode(Codec.json.decode(deepest)) == deepest)
    let deeper = [UInt8](repeating: 0x5b, count: 100_000)
    let error = #expect(throws: CodecError.self) { try Codec.json.decode(deeper) }
    #expect(error?.kind == .malformed)
  }
}
