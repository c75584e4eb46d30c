import BigInt
import Testing
import WireFormats

@Suite("Values as tokens")
struct TokensTests {
  @Test(
    "Tokens are read and written back as they were",
    arguments: [
      "null", "true", "false", "int:0", "int:-12", "int:1180591620717411303424", "f64:7ff8000000000001",
      "f64:8000000000000000", "f32:7fc00001", "text:", "text:68c3a9", "bytes:", "bytes:00ff", "bytearray:00",
      "list:0", "tuple:0", "set:0", "frozenset:0", "map:0", "map:1,text:61,list:2,int:1,null",
      "list:2,list:1,null,tuple:2,true,false", "set:2,int:2,int:1", "map:2,int:2,null,int:1,null",
      "object:612e62,null,null", "object:612e62,tuple:1,int:1,map:1,text:78,int:2",
    ])
  func roundTrip(tokens: String) throws {
    #expect(try Value(tokens: tokens).tokens == tokens)
  }

  @Test(
    "What is no value is refused",
    arguments: [
      "", ",", "null,", ",null", "null,null", "nil", "null:", "true:1", "int", "int:", "int:+1", "int:1.0", "int:0x1",
      "int:-", "int:1_0", "int: 1", "int:--1", "f64:", "f64:0", "f64:7FF8000000000000", "f64:00000000000000000",
      "f32:000000000",
      "f64:+000000000000000", "text:6", "text:ff", "text:eda080", "text:6A", "bytes:0g", "list:", "list:1", "list:-1",
      "list:+1", "list:2,null", "list:99999999999999999999", "list:4611686018427387904", "map:1,null",
      "map:2,null,null",
      "object:61", "object:61,null", "object:ff,null,null", "LIST:0", "list:0x1,null",
    ])
  func refused(tokens: String) {
    let error = #expect(throws: CodecError.self) { try Value(tokens: tokens) }
    #expect(error?.kind == .usage)
  }

  @Test("200 parts within parts are read, one more is refused")
  func depth() throws {
    let deepest = String(repeating: "list:1,", count: 200)
    #expect(try Value(tokens: deepest + "null").tokens == deepest + "null")
    #expect(throws: CodecError.self) { try Value(tokens: deepest + "list:1,null") }
    #expect(throws: CodecError.self) { try Value(tokens: String(repeating: "list:1,", count: 50_000) + "null") }
  }

  @Test("Values are equal to the bit, sets and maps in any order")
  func equality() throws {
    func value(_ tokens: String) throws -> Value { try Value(tokens: tokens) }
    #expect(try value("set:2,int:1,int:2") == value("set:2,int:2,int:1"))
    #expect(try value("map:2,int:1,null,int:2,true") == value("map:2,int:2,true,int:1,null"))
    #expect(try value("list:1,set:2,int:1,set:2,int:3,int:4") == value("list:1,set:2,set:2,int:4,int:3,int:1"))
    #expect(try value("map:2,int:1,null,int:2,true") != value("map:2,int:2,null,int:1,true"))
    #expect(try value("list:2,int:1,int:2") != value("list:2,int:2,int:1"))
    #expect(try value("list:1,int:1") != value("tuple:1,int:1"))
    #expect(try value("f64:0000000000000000") != value("f64:8000000000000000"))
    #expect(try value("f64:7ff8000000000001") == value("f64:7ff8000000000001"))
    #expect(try value("int:1") != value("true"))
    #expect(try value("bytes:61") != value("text:61"))
    // é in one scalar and in two: one text for Swift, two for every codec.
    #expect(try value("text:c3a9") != value("text:65cc81"))
    #expect(try Set([value("set:2,int:1,int:2"), value("set:2,int:2,int:1")]).count == 1)
  }
}
