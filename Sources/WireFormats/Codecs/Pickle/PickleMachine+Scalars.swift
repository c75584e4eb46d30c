import BigInt

// None, truth values, numbers, text and bytes: checked, and left in the message.
extension PickleMachine {
  mutating func pushScalar(_ opcode: PickleOpcode, at place: Int) throws(CodecError) {
    let content = try reader.pickleContent(of: opcode)
    try checkSize(content)
    guard content.isReadable else {
      throw malformed("what the instruction \(opcode) at byte \(place) is followed by is no number or text of its kind")
    }
    try push(PickleItem(at: place))
  }

  /// Refuses a number of too many digits before they are read.
  private func checkSize(_ content: PickleContent) throws(CodecError) {
    switch content {
    case .decimal(let digits):
      let places = digits.first == UInt8(ascii: "-") ? digits.dropFirst() : digits
      guard places.count <= limits.digits else { throw tooLarge("digits of a number", limits.digits) }
    case .binary(let bytes):
      // Bytes that only repeat the sign count for nothing, as in Python.
      let filler: UInt8 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : 0xff
      let end = bytes.lastIndex { $0 != filler } ?? bytes.startIndex
      let used = bytes[..<min(end + 2, bytes.endIndex)]
      // A byte is 2.41 digits: only a number that may be too long is looked at closely.
      guard used.count * 5 / 2 + 1 > limits.digits else { return }
      guard used.count <= limits.digits / 2 + 2, !BigInt(littleEndian: used).hasMoreDigits(than: limits.digits) else {
        throw tooLarge("digits of a number", limits.digits)
      }
    default: return
    }
  }
}
