import BigInt
import WireFormats

/// An object with every kind of plain data; `SAMPLE` in `Python/samples.py` is the same.
let sample = Value.map([
  .init("none", .null), .init("true", .bool(true)), .init("int", -12), .init("big", .int(BigInt(1) << 70)),
  .init("float", .f64(1.5)), .init("text", "h\u{e9}"), .init("bytes", .bytes([0, 0xff])),
  .init("array", .byteArray([0x61, 0x62])), .init("list", .list([1, .list([2])])), .init("tuple", .tuple([1, "x"])),
  .init("set", .set([1, 2])), .init("frozen", .frozenSet([3])),
])

/// The key of these tests.
let secret = Array("secret".utf8)
let secretInHex = "736563726574"
