import BigInt
import TestInputs
import Testing
import WireFormats

/// What a message may cost; `scripts/fuzz` measures it.
@Suite("What is too much is refused before it is made")
struct BoundsTests {
  private static func kind(
    _ codec: Codec, _ message: [UInt8], format: String? = nil, longestText: Int? = nil
  ) -> ErrorKind? {
    do throws(CodecError) {
      _ = try codec.decode(message, format: format, longestText: longestText)
      return nil
    } catch {
      return error.kind
    }
  }

  private static func repeated(_ text: String, _ count: Int) -> [UInt8] {
    Array(String(repeating: text, count: count).utf8)
  }

  @Test("A value whose tokens have just as many bytes as may be written is read; with one more it is usage")
  func longestText() throws {
    let texts: [(Codec, String?, String)] = [
      (.json, nil, "list:3,text:6162,map:1,text:,f64:3fb999999999999a,null"),
      (.json, nil, "int:-12345678901234567890123"),
      (.json, nil, "list:2,list:0,map:0"), (.pickle, nil, "tuple:3,text:6162,bytes:00ff,bytearray:01"),
      (.pickle, nil, "map:2,int:300,true,frozenset:1,null,list:2,list:0,tuple:0"), (.pickle, nil, "int:-255"),
      (.structure, "<3sBd", "tuple:3,bytes:010203,int:7,f64:0000000000000000"),
      (.shareableList, nil, "list:4,null,int:5,text:61,bytes:62"),
      (.shareableList38, nil, "list:1,f64:0000000000000000"),
    ]
    for (codec, format, tokens) in texts {
      let value = try Value(tokens: tokens)
      let message = try codec.encode(value, format: format)
      let longest = tokens.utf8.count
      #expect(try codec.decode(message, format: format, longestText: longest) == value, "\(codec) \(tokens)")
      #expect(value.tokens(atMost: longest) == tokens)
      #expect(value.tokens(atMost: longest - 1) == nil)
      // The decoder may let through what is a few bytes too long, since it does not count the digits exactly.
      #expect(Self.kind(codec, message, format: format, longestText: longest / 2) == .usage, "\(codec) \(tokens)")
    }
  }

  @Test("What cannot be written is usage however wide, deep in digits or often used it is")
  func notForReply() {
    let longest = 262_000
    let number: [UInt8] = [0x8b, 0, 0x20, 0, 0] + [UInt8](repeating: 0x7f, count: 8192)
    let shared: [UInt8] = [0x28] + number + [0x71, 0] + Self.repeated("h\u{0}", 20) + [0x74, 0x2e]
    let text: [UInt8] = [0x58, 0, 0, 4, 0] + [UInt8](repeating: 0x61, count: 1 << 18) + [0x2e]
    #expect(Self.kind(.pickle, shared, longestText: longest) == .usage)
    #expect(Self.kind(.pickle, text, longestText: longest) == .usage)
    #expect(Self.kind(.pickle, [0x28] + Self.repeated("]", 100_000) + [0x74, 0x2e], longestText: longest) == .usage)
    #expect(Self.kind(.pickle, [0x28] + Self.repeated("N", 100_000) + [0x91, 0x2e], longestText: longest) == .usage)
    #expect(Self.kind(.json, Self.repeated("[", 1) + Self.repeated("1,", 60_000), longestText: longest) == .usage)
    let digits = String(repeating: "9", count: 19_999) + ","
    #expect(Self.kind(.json, Self.repeated("[", 1) + Self.repeated(digits, 20), longestText: longest) == .usage)
    #expect(
      Self.kind(.structure, [UInt8](repeating: 0, count: 60_000), format: "<60000B", longestText: longest) == .usage)
    // But what was thrown away is not written.
    #expect(Self.kind(.pickle, Self.repeated("]", 100_000) + [0x2e], longestText: longest) == nil)
    #expect(Self.kind(.pickle, Self.repeated("N0", 100_000) + [0x4e, 0x2e], longestText: longest) == nil)
  }

  @Test("A whole number has 20,000 digits and no more, in every message and in a command")
  func digits() throws {
    let edge = BigInt(10).power(20_000)
    for (number, kind) in [(edge - 1, nil), (1 - edge, nil), (edge, .tooLarge), (-edge, ErrorKind?.some(.tooLarge))] {
      let text = String(number)
      for codec in [Codec.json, .pickle] {
        #expect(Self.kind(codec, try codec.encode(.int(number))) == kind, "\(codec) \(text.prefix(3))")
      }
      #expect(Self.kind(.pickle, Array("L\(text)L\n.".utf8)) == kind, "\(text.prefix(3))")
      #expect(Self.kind(.pickle, Array("I\(text)\n.".utf8)) == kind, "\(text.prefix(3))")
      let read = try? Value(tokens: "int:\(text)")
      #expect((read == nil) == (kind != nil), "\(text.prefix(3))")
    }
    // 19,729 digits in 8193 bytes.
    let power = Value.int(BigInt(1) << 65_536)
    #expect(try Codec.pickle.decode(Codec.pickle.encode(power)) == power)
    #expect(try Value(tokens: power.tokens) == power)
    // Bytes that only repeat the sign are no digits.
    let padded: [UInt8] = [0x8b, 0x40, 0x9c, 0, 0, 5] + [UInt8](repeating: 0, count: 39_999) + [0x2e]
    #expect(try Codec.pickle.decode(padded) == 5)
  }

  @Test("Numbers are written and read as BigInt does it")
  func decimals() throws {
    var generator = SeededGenerator(seed: SeededGenerator.runSeed)
    for _ in 0..<300 {
      let words = (0...generator.below(40)).map { _ in generator.pick([generator.next(), 0, .max]) ?? 0 }
      let magnitude = words.reduce(BigInt(0)) { $0 << 64 | BigInt($1) }
      let power = BigInt(10).power(generator.below(200))
      for number in [magnitude, -magnitude, power, power - 1, magnitude * power] {
        let value = Value.int(number)
        #expect(value.tokens == "int:\(String(number, radix: 10))")
        #expect(try Value(tokens: value.tokens) == value)
      }
    }
  }

  @Test("A long number that is used again and again is too large, since nobody could write it")
  func sharedNumber() {
    let number: [UInt8] = [0x8b, 0, 0x20, 0, 0] + [UInt8](repeating: 0x7f, count: 8192)
    func message(_ uses: Int) -> [UInt8] {
      [0x28] + number + [0x71, 0] + Self.repeated("h\u{0}", uses - 1) + [0x74, 0x2e]
    }
    #expect(Self.kind(.pickle, message(150)) == nil)
    #expect(Self.kind(.pickle, message(5000)) == .tooLarge)
  }

  @Test("What needs more memory than its message may take is too large, and so it is in JSON")
  func memory() throws {
    var limits = PickleLimits()
    limits.memory = 1 << 20
    // Each list in a list is 80 bytes, the message has two for it.
    let nested: [UInt8] = [0x28] + (0..<100).flatMap { _ in [0x4e, 0x85] } + [0x74, 0x2e]
    #expect(throws: Never.self) { try PickleDecoder(limits: limits).decode(nested) }
    let wide: [UInt8] = [0x28] + (0..<100_000).flatMap { _ in [0x4e, 0x85] } + [0x74, 0x2e]
    let error = #expect(throws: CodecError.self) { try PickleDecoder(limits: limits).decode(wide) }
    #expect(error?.kind == .tooLarge)
    #expect(
      Self.kind(.json, Self.repeated("[", 1) + Self.repeated("[[[[[]]]]],", 100_000) + Array("1]".utf8)) == .tooLarge)
    // Equal small parts are shared.
    #expect(Self.kind(.json, Self.repeated("[", 1) + Self.repeated("1,", 200_000) + Array("1]".utf8)) == nil)
  }

  @Test("Containers that share a long list count it each time, so that the work has an end")
  func sharedMembers() {
    let list = [0x5d, 0x71, 0, 0x28] + Self.repeated("N", 20_000) + [0x65]
    for name in ["set", "frozenset", "list"] {
      let call = Array("c__builtin__\n\(name)\nh\u{0}".utf8) + [0x85, 0x52]
      let message = [0x28] + list + (0..<1000).flatMap { _ in call } + [0x74, 0x2e]
      #expect(Self.kind(.pickle, message) == .tooLarge, "\(name)")
    }
  }
}
