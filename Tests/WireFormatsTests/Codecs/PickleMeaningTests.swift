import Testing
import WireFormats

/// What PickleDecoder says of the cases in which there was a choice.
@Suite("How a pickle is read where there is a choice")
struct PickleMeaningTests {
  private static func tokens(_ message: [UInt8]) throws -> String { try Codec.pickle.decode(message).tokens }
  private static func tokens(_ message: String) throws -> String { try tokens(Array(message.utf8)) }

  @Test("Of equal keys the first stays, with the last value; of equal members the first")
  func equalKeys() throws {
    #expect(try Self.tokens("}(I1\nI2\nI01\nI3\nF1.0\nI4\nu.") == "map:1,int:1,int:4")
    #expect(try Self.tokens([0x28, 0x4b, 1, 0x88, 0x4b, 1, 0x91, 0x2e]) == "frozenset:1,int:1")
    // A NaN is equal to nothing, and two spellings of é are two keys.
    let nan: [UInt8] = Array("Fnan\n".utf8)
    #expect(try Self.tokens([0x28] + nan + nan + [0x91, 0x2e]).hasPrefix("frozenset:2,"))
    let spellings: [UInt8] = [0x28, 0x8c, 2, 0xc3, 0xa9, 0x8c, 3, 0x65, 0xcc, 0x81, 0x91, 0x2e]
    #expect(try Self.tokens(spellings) == "frozenset:2,text:c3a9,text:65cc81")
  }

  @Test(
    "What Python cannot hash is no key",
    arguments: ["]", "}", "(]t", "(I1\n(]tt", "c__builtin__\nset\n)R", "c__builtin__\nbytearray\n)R"])
  func unhashable(key: String) {
    let error = #expect(throws: CodecError.self) { try Self.tokens("}(\(key)I1\nu.") }
    #expect(error?.kind == .malformed)
  }

  @Test("A class is its name; what is made and done with it stands beside it, in order")
  func objects() throws {
    #expect(try Self.tokens("cm\nC\n.") == "object:6d2e43,null,null")
    #expect(try Self.tokens("cm\nC\n)R.") == "object:6d2e43,tuple:0,null")
    #expect(try Self.tokens(Array("cm\nC\n)".utf8) + [0x81, 0x4e, 0x62, 0x2e]) == "object:6d2e43,tuple:0,null")
    #expect(try Self.tokens("cm\nC\n)RI1\nb.") == "object:6d2e43,tuple:0,int:1")
    #expect(try Self.tokens("cm\nC\n)RI1\naI2\na.") == "object:6d2e43,tuple:0,list:2,int:1,int:2")
    #expect(try Self.tokens("cm\nC\n)R(I1\nI2\nu(I3\nI4\nu.") == "object:6d2e43,tuple:0,map:2,int:1,int:2,int:3,int:4")
    #expect(
      try Self.tokens("cm\nC\n)RI1\naI2\nb.") == "object:6d2e43,tuple:0,tuple:2,list:1,int:1,int:2")
    // NEWOBJ_EX with keywords, and without.
    #expect(
      try Self.tokens(Array("cm\nC\n)}(I1\nI2\nu".utf8) + [0x92, 0x2e])
        == "object:6d2e43,tuple:1,map:1,int:1,int:2,null")
    #expect(try Self.tokens(Array("cm\nC\n)}".utf8) + [0x92, 0x2e]) == "object:6d2e43,tuple:0,null")
    // An object that is called.
    #expect(
      try Self.tokens("cm\nC\n)R)R.") == "object:6f70657261746f722e63616c6c,tuple:1,object:6d2e43,tuple:0,null,null")
  }

  @Test(
    "Calls for plain data that have other arguments stay calls",
    arguments: ["c__builtin__\nbytes\n(I5\ntR.", "c_codecs\nencode\n(Va\nVutf-8\ntR.", "c__builtin__\nset\n(Vab\ntR."])
  func otherArguments(message: String) throws {
    #expect(try Self.tokens(message).hasPrefix("object:"))
  }

  @Test(
    "Calls for plain data",
    arguments: [
      ("c__builtin__\nbytes\n)R.", "bytes:"), ("cbuiltins\nbytes\n((lI1\naI255\natR.", "bytes:01ff"),
      ("cbuiltins\nbytearray\n)R.", "bytearray:"), ("c__builtin__\nlist\n((I1\nttR.", "list:1,int:1"),
      ("c_codecs\nencode\n(V\u{e9}\nVlatin1\ntR.", "bytes:c3a9"), ("c__builtin__\nfrozenset\n)R.", "frozenset:0"),
    ])
  func plainCalls(message: String, expected: String) throws {
    #expect(try Self.tokens(message) == expected)
  }

  @Test(
    "Lines of protocol 0",
    arguments: [
      ("I-5\n.", "int:-5"), ("I5L\n.", "int:5"), ("L-0L\n.", "int:0"), ("F-1e3\n.", "f64:c08f400000000000"),
      ("Finf\n.", "f64:7ff0000000000000"), (#"S'a\'\\\n\x41\101\q'"# + "\n.", "bytes:61275c0a41415c71"),
      ("S\"'\"\n.", "bytes:27"),
      (#"Va\u00e9\U0001f600\\u0041"# + "\n.", "text:61c3a9f09f98805c5c7530303431"),
    ])
  func lines(message: String, expected: String) throws {
    #expect(try Self.tokens(message) == expected)
  }

  @Test(
    "Lines that are none",
    arguments: [
      "I\n.", "I0x1\n.", "I1 \n.", "I1_0\n.", "L\n.", "F\n.", "F1.0x\n.", "F0x1p3\n.", "Fnan(1)\n.", "S'a\n.", "Sa\n.",
      "S'\n.",
      #"S'\'"# + "\n.", #"S'\x4'"# + "\n.", #"V\u12"# + "\n.", #"V\ud83d\ude00"# + "\n.", #"V\U00110000"# + "\n.", "I1",
      "g0\n.",
      "Np-1\n.", "Npx\n.", "Np99999999999\n.", "c\n\n.", "cm\n",
    ])
  func noLines(message: String) {
    let error = #expect(throws: CodecError.self) { try Self.tokens(message) }
    #expect(error?.kind == .malformed)
  }
}
