import BigInt

extension StructFormat {
  /// The values of a message.
  ///
  /// - Throws: ``CodecError``: `malformed` for a message of another length, and what the budget throws.
  func unpack(_ message: [UInt8], _ budget: DecodingBudget) throws(CodecError) -> Value {
    var budget = budget
    guard message.count == size else {
      throw CodecError(.malformed, "The message has \(message.count) bytes; the format needs \(size).")
    }
    try budget.spend(text: runs.reduce(0) { $0 + $1.fewestTokenBytes })
    try budget.spend(memory: runs.reduce(0) { $0 + $1.memory })
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
      .shared(Int((Int64(bitPattern: number(field)) << (64 - 8 * field.count)) >> (64 - 8 * field.count)))
    case .unsigned: Int(exactly: number(field)).map(Value.shared) ?? .int(BigInt(number(field)))
    case .float: .f64(float(field))
    case .pascal: .shared(bytes: Array(field.dropFirst().prefix(Int(field.first ?? 0))))
    case .pad, .character, .string: .shared(bytes: Array(field))
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

extension StructFormat.Run {
  /// The most memory that its values take.
  fileprivate var memory: Int {
    let value =
      switch kind {
      case .pad: -ValueMemory.slot
      case .truth: 0
      case .float: ValueMemory.double
      // Numbers of one byte are shared.
      case .signed, .unsigned: size == 1 ? 0 : ValueMemory.number(digits: 20)
      case .character, .string, .pascal: ValueMemory.content(size)
      }
    return count * (ValueMemory.slot + value)
  }

  /// The fewest bytes that its values take in ``Value/tokens``.
  fileprivate var fewestTokenBytes: Int {
    switch kind {
    case .pad: 0
    case .float: 21 * count
    case .string: 2 * size + 6
    case .character: 8 * count
    case .truth, .signed, .unsigned: 5 * count
    case .pascal: 6
    }
  }
}
