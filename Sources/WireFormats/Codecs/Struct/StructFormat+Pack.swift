import BigInt

extension StructFormat {
  /// The message of some values.
  ///
  /// As Python does it, a string that is shorter than its field is filled up with zeros, and a longer one is cut.
  ///
  /// - Throws: ``CodecError`` of kind `malformed` for values of another number, kind or range than the format has.
  func pack(_ value: Value) throws(CodecError) -> [UInt8] {
    guard case .tuple(let values) = value, values.count == valueCount else {
      throw CodecError(.malformed, "The format needs a tuple of \(valueCount) values.")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    var next = 0
    for run in runs where run.kind != .pad {
      for index in 0..<run.count {
        let place = run.offset + index * run.size
        do {
          try put(values[next], run.kind, into: &bytes[place..<(place + run.size)])
        } catch {
          throw CodecError(.malformed, "Value \(next) does not fit its character: \(error.reason).")
        }
        next += 1
      }
    }
    return bytes
  }

  private struct Misfit: Error {
    var reason: String
  }

  private func put(_ value: Value, _ kind: Kind, into field: inout ArraySlice<UInt8>) throws(Misfit) {
    switch (kind, value) {
    case (.character, .bytes(let bytes)):
      guard bytes.count == 1 else { throw Misfit(reason: "c takes one byte") }
      field[field.startIndex] = bytes[0]
    case (.truth, .bool(let bool)): field[field.startIndex] = bool ? 1 : 0
    case (.signed, .int(let int)):
      let bits = 8 * field.count - 1
      guard let number = Int64(exactly: int), number >> bits == 0 || number >> bits == -1 else { throw outOfRange }
      putNumber(UInt64(bitPattern: number), into: &field)
    case (.unsigned, .int(let int)):
      guard let number = UInt64(exactly: int), field.count == 8 || number >> (8 * UInt64(field.count)) == 0 else {
        throw outOfRange
      }
      putNumber(number, into: &field)
    case (.float, .f64(let double)): putNumber(try bits(double, field.count), into: &field)
    case (.string, .bytes(let bytes)):
      for (place, byte) in zip(field.indices, bytes) { field[place] = byte }
    case (.pascal, .bytes(let bytes)):
      guard !field.isEmpty else { return }
      let content = bytes.prefix(field.count - 1)
      for (place, byte) in zip(field.indices.dropFirst(), content) { field[place] = byte }
      field[field.startIndex] = UInt8(clamping: content.count)
    default: throw Misfit(reason: "it is of another kind")
    }
  }

  private var outOfRange: Misfit { Misfit(reason: "the number is out of range") }

  private func putNumber(_ bits: UInt64, into field: inout ArraySlice<UInt8>) {
    for index in 0..<field.count {
      let place = isBigEndian ? field.endIndex - 1 - index : field.startIndex + index
      field[place] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(index)))
    }
  }

  private func bits(_ double: Double, _ width: Int) throws(Misfit) -> UInt64 {
    if width == 8 { return double.bitPattern }
    if width == 4 {
      let float = Float(double)
      guard float.isFinite || !double.isFinite else { throw outOfRange }
      return UInt64(float.bitPattern)
    }
    guard let half = HalfPrecision.bits(double) else { throw outOfRange }
    return UInt64(half)
  }
}
