import BigInt

extension StructFormat {
  /// The values of a message.
  ///
  /// - Throws: ``CodecError`` of kind `malformed` for a message of another length.
  func unpack(_ message: [UInt8]) throws(CodecError) -> Value {
    guard message.count == size else {
      throw CodecError(.malformed, "The message has \(message.count) bytes; the format needs \(size).")
    }
    var values: [Value] = []
    values.reserveCapacity(valueCount)
    for run in runs where run.kind != .pad {
      for index in 0..<run.count {
        let place = run.offset + index * run.size
        values.append(value(run.kind, message[place..<(place + run.size)]))
      }
    }
    return .tuple(values)
  }

  private func value(_ kind: Kind, _ field: ArraySlice<UInt8>) -> Value {
    switch kind {
    case .truth: .bool(field.first != 0)
    case .signed:
      // The number's own sign bit goes to the top and comes back.
      .int(BigInt((Int64(bitPattern: number(field)) << (64 - 8 * field.count)) >> (64 - 8 * field.count)))
    case .unsigned: .int(BigInt(number(field)))
    case .float: .f64(float(field))
    case .pascal: .bytes(Array(field.dropFirst().prefix(Int(field.first ?? 0))))
    case .pad, .character, .string: .bytes(Array(field))
    }
  }

  private func number(_ field: ArraySlice<UInt8>) -> UInt64 {
    var number: UInt64 = 0
    for index in 0..<field.count {
      number = number << 8 | UInt64(field[isBigEndian ? field.startIndex + index : field.endIndex - 1 - index])
    }
    return number
  }

  private func float(_ field: ArraySlice<UInt8>) -> Double {
    let bits = number(field)
    return switch field.count {
    case 8: Double(bitPattern: bits)
    case 4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    default: HalfPrecision.double(UInt16(truncatingIfNeeded: bits))
    }
  }
}
