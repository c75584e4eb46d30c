import AdapterProtocol
import WireFormats

/// Every kind of value at its extremes, through every codec.
///
/// Each value goes over twice. First the reader hands on the message as it is, which shows what the writer has made of
/// the value; then it decodes one itself. So it is known whose fault a wrong value is.
extension Scenario {
  package static let values: [Scenario] =
    Kind.allCases.map { kind in
      Scenario(
        name: kind.rawValue, summary: "\(kind.rawValue) at their extremes", isQuick: kind == .sequences,
        checks: { channel in
          channel.codec.map { [.valueSent, .valueReceived] + Requirement.values(of: kind.rawValue, in: $0) } ?? []
        },
        applies: { $0.codec.map { kind.goes(with: $0) } ?? false },
        phases: { channel, vectors throws(HarnessError) in
          let chosen = vectors.values.filter {
            $0.codec == channel.codec?.rawValue && Kind(of: $0.value.value) == kind && $0.limit == nil
          }
          guard let codec = channel.codec, !chosen.isEmpty else {
            throw HarnessError("interop/vectors/values.yml has no \(kind.rawValue) for \(channel); add some.")
          }
          let trips = chosen.map { Trip($0, codec) }
          guard channel.transport == .sharedMemory else { return [Phase(steps: trips.flatMap { $0.steps(channel) })] }
          // There is no shared memory of no bytes.
          return trips.filter { $0.encoding.bytes?.isEmpty == false }.map(\.memoryPhase)
        })
    } + limited + [badMessages, expensiveMessages]

  private static let badMessages = Scenario(
    name: "bad-messages", summary: "messages that hold no value are refused, and nothing in them is executed",
    checks: { channel in [.messageNotRead] + (channel.codec.map { Requirement.badMessages(of: $0) } ?? []) },
    applies: { $0.codec.map { [.json, .pickle, .structure].contains($0) } ?? false && $0.transport == .unix },
    phases: { channel, vectors throws(HarnessError) in
      let chosen = vectors.badMessages.filter { bad in
        bad.codec == channel.codec?.rawValue && (channel.framing != .line || !bad.bytes.bytes.contains(0x0a))
          && bad.valueLimit == nil
      }
      guard !chosen.isEmpty else {
        throw HarnessError("interop/vectors/bad-values.yml has none for \(channel); add some.")
      }
      return [Phase(steps: steps(chosen))]
    })

  /// Sends messages that are to be refused, or that have the value that they say.
  private static func steps(_ messages: [GoldenVectors.BadMessage]) -> [Step] {
    messages.flatMap { bad -> [Step] in
      [
        .send(.writer, Message(bad.bytes.bytes)),
        .receiveValue(.reader, expectation(of: bad), format: bad.format),
      ]
    }
      // A format that is refused leaves its message unread: the reader may be done before the writer.
      + [.barrier]
  }

  private static func expectation(of bad: GoldenVectors.BadMessage) -> Expectation {
    bad.value.map { .value($0.value) } ?? .error([bad.kind ?? .malformed])
  }

  /// The values and messages of the kinds that the library of some languages loses: each kind in a case of its own, so that
  /// only that case is unsupported where the kind is a declared limit.
  private static let limited: [Scenario] = ValueLimit.allCases.map { limit in
    Scenario(
      name: limit.rawValue, summary: limit.summary, limit: limit,
      checks: { _ in Requirement.limited(limit) },
      applies: { channel in channel.transport == .unix && channel.codec.map(ValueLimit.codecs.contains) ?? false },
      phases: { channel, vectors throws(HarnessError) in
        let values = vectors.values.filter { $0.codec == channel.codec?.rawValue && $0.limit == limit }
        let messages = vectors.badMessages.filter { $0.codec == channel.codec?.rawValue && $0.valueLimit == limit }
        guard let codec = channel.codec, !values.isEmpty || !messages.isEmpty else {
          throw HarnessError("interop/vectors has nothing of the kind \(limit.rawValue) for \(channel); add some.")
        }
        return [Phase(steps: values.flatMap { Trip($0, codec).steps(channel) } + steps(messages))]
      })
  }

  /// The kinds of values, by what a value is at its top.
  private enum Kind: String, CaseIterable {
    case constants
    case integers
    case floats
    case texts
    case bytes
    case sequences
    case sets
    case maps

    init(of value: Value) {
      switch value {
      case .null, .bool, .object: self = .constants
      case .int: self = .integers
      case .f64, .f32: self = .floats
      case .text: self = .texts
      case .bytes, .byteArray: self = .bytes
      case .list, .tuple: self = .sequences
      case .set, .frozenSet: self = .sets
      case .map: self = .maps
      }
    }

    func goes(with codec: Codec) -> Bool {
      switch codec {
      case .pickle: true
      case .json: self != .bytes && self != .sets
      case .structure, .shareableList, .shareableList38: self == .sequences
      }
    }
  }

  /// One value's two ways from the writer to the reader.
  private struct Trip {
    let encoding: Encoding

    init(_ vector: GoldenVectors.ValueVector, _ codec: Codec) {
      encoding = Encoding(
        value: vector.value.value, codec: codec, format: vector.format, bytes: vector.bytes?.bytes)
    }

    func steps(_ channel: Channel) -> [Step] {
      // A queue's messages are in requests and replies, and cannot be had as they are.
      let raw: [Step] = channel.transport == .managerQueue ? [] : [send, .receiveEncoded(.reader, encoding)]
      return raw + [send, .receiveValue(.reader, .value(encoding.value), format: encoding.format)]
    }

    private var send: Step { .sendValue(.writer, encoding.value, format: encoding.format) }

    /// Of exactly the size of the value; the writer makes it, the reader finds it filled.
    var memoryPhase: Phase {
      var phase = Phase(
        steps: [
          send, .barrier, .receiveEncoded(.reader, encoding),
          .receiveValue(.reader, .value(encoding.value), format: encoding.format),
        ])
      phase.options[.writer] = [Field("size", String(encoding.bytes?.count ?? 1))]
      return phase
    }
  }
}
