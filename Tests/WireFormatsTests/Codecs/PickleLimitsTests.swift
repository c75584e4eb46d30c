import Testing
import WireFormats

@Suite("What a pickle may ask for")
struct PickleLimitsTests {
  private static func kind(_ message: [UInt8], _ change: (inout PickleLimits) -> Void = { _ in }) -> ErrorKind? {
    var limits = PickleLimits()
    change(&limits)
    do {
      _ = try PickleDecoder(limits: limits).decode(message)
      return nil
    } catch {
      return error.kind
    }
  }

  private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array(repeatElement(bytes, count: count).joined())
  }

  @Test("Each limit lets through what is at it, and refuses one more")
  func limits() {
    let three: [UInt8] = [0x28, 0x4e, 0x4e, 0x74, 0x2e]  // ( N N t .
    #expect(Self.kind(three) { $0.size = 5 } == nil)
    #expect(Self.kind(three) { $0.size = 4 } == .tooLarge)
    #expect(Self.kind(three) { $0.parts = 3 } == nil)
    #expect(Self.kind(three) { $0.parts = 2 } == .tooLarge)
    #expect(Self.kind(three) { $0.marks = 1 } == nil)
    #expect(Self.kind(three) { $0.marks = 0 } == .tooLarge)
    #expect(Self.kind(three) { $0.depth = 1 } == nil)
    #expect(Self.kind(three) { $0.depth = 0 } == .tooLarge)
    let memo: [UInt8] = [0x4e, 0x94, 0x94, 0x2e]
    #expect(Self.kind(memo) { $0.memo = 2 } == nil)
    #expect(Self.kind(memo) { $0.memo = 1 } == .tooLarge)
    #expect(Self.kind(Array("L123L\n.".utf8)) { $0.digits = 3 } == nil)
    #expect(Self.kind(Array("L123L\n.".utf8)) { $0.digits = 2 } == .tooLarge)
    #expect(Self.kind(Array("I123\n.".utf8)) { $0.digits = 2 } == .tooLarge)
    #expect(Self.kind([0x8a, 2, 1, 1, 0x2e]) { $0.digits = 3 } == nil)
    #expect(Self.kind([0x8a, 2, 1, 1, 0x2e]) { $0.digits = 2 } == .tooLarge)
  }

  @Test("200 parts within parts are read, in every protocol's way; one more is too large")
  func depth() {
    for count in [200, 201] {
      let expected: ErrorKind? = count == 200 ? nil : .tooLarge
      #expect(Self.kind([0x4e] + Self.repeated([0x85], count) + [0x2e]) == expected)
      #expect(Self.kind(Self.repeated([0x28], count) + [0x4e] + Self.repeated([0x6c], count) + [0x2e]) == expected)
    }
    #expect(Self.kind([0x4e] + Self.repeated([0x85], 1_000_000) + [0x2e]) == .tooLarge)
  }

  @Test("Parts that are used many times are counted as often, without being made")
  func sharing() {
    // N, then DUP and TUPLE2 again and again: each holds two of the one before.
    let doubling: (Int) -> [UInt8] = { [0x4e] + Self.repeated([0x32, 0x86], $0) + [0x2e] }
    #expect(Self.kind(doubling(20)) == nil)
    #expect(Self.kind(doubling(22)) == .tooLarge)
    #expect(Self.kind(doubling(190)) == .tooLarge)
    // One text of a mebibyte in many places.
    let text: [UInt8] = [0x58, 0, 0, 0x10, 0] + [UInt8](repeating: 0x61, count: 1 << 20)
    #expect(Self.kind([0x28] + text + Self.repeated([0x32], 200) + [0x6c, 0x2e]) == nil)
    #expect(Self.kind([0x28] + text + Self.repeated([0x32], 300) + [0x6c, 0x2e]) == .tooLarge)
  }

  @Test("Work that a short instruction asks for again and again has an end")
  func repeatedWork() {
    let call = Array("c_codecs\nencode\nh\u{0}X\u{6}\u{0}\u{0}\u{0}latin1".utf8) + [0x86, 0x52, 0x30]
    let text: [UInt8] = [0x58, 0, 0, 0x10, 0] + [UInt8](repeating: 0x61, count: 1 << 20)
    #expect(Self.kind(text + [0x71, 0] + Self.repeated(call, 10_000) + [0x2e]) { $0.content = 4 << 20 } == .tooLarge)
    // Two lists that grow in turn, each of many pieces, which a set copies.
    let lists =
      [0x5d, 0x71, 0, 0x5d, 0x71, 1] + Self.repeated([0x68, 0, 0x4e, 0x61, 0x30, 0x68, 1, 0x4e, 0x61, 0x30], 10_000)
    let set = Array("c__builtin__\nset\nh\u{0}".utf8) + [0x85, 0x52, 0x30]
    #expect(Self.kind(lists + Self.repeated(set, 10_000) + [0x2e]) == .tooLarge)
    // Bytes that are made of one long list of numbers.
    let numbers = [0x5d, 0x71, 0, 0x28] + Self.repeated([0x4b, 1], 10_000) + [0x65]
    let bytes = Array("c__builtin__\nbytes\nh\u{0}".utf8) + [0x85, 0x52, 0x30]
    #expect(Self.kind(numbers + Self.repeated(bytes, 10_000) + [0x2e]) { $0.content = 1 << 20 } == .tooLarge)
  }

  @Test("A length beyond the message is refused before anything is allocated for it")
  func lengths() {
    let opcodes: [(UInt8, Int)] = [
      (0x8d, 8), (0x8e, 8), (0x96, 8), (0x95, 8), (0x58, 4), (0x42, 4), (0x54, 4), (0x8b, 4),
    ]
    for (opcode, width) in opcodes {
      for last: UInt8 in [0x7f, 0xff] {
        let length = [UInt8](repeating: 0xff, count: width - 1) + [last]
        #expect(Self.kind([opcode] + length + [0x61, 0x2e]) == .malformed, "instruction \(opcode)")
      }
    }
    // An entry of the memo far beyond the others takes no memory for those between.
    #expect(Self.kind([0x4e, 0x72, 0xff, 0xff, 0xff, 0xff, 0x2e]) == nil)
    #expect(Self.kind([0x4e, 0x72, 0xff, 0xff, 0xff, 0xff, 0x30, 0x6a, 0xff, 0xff, 0xff, 0xff, 0x2e]) == nil)
    #expect(Self.kind([0x4e, 0x72, 0xff, 0xff, 0xff, 0xff, 0x30, 0x6a, 0xfe, 0xff, 0xff, 0xff, 0x2e]) == .malformed)
  }
}
