import AdapterProtocol

extension Scenario {
  /// The lengths at which formats and buffers change, in bytes.
  package static let sizes: [Scenario] = [
    0, 1, 2, 127, 128, 255, 256, 4095, 4096, 4097, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20, 16 << 20,
  ].map { length in
    Scenario(
      name: "size-\(length)", summary: "one message of \(length) bytes", isLong: length > 1 << 20,
      checks: { channel in
        let transfer: [Requirement] = length > Message.longestInline ? [.sendFile, .receiveFile] : [.receivePayload]
        // From here on every length field has more than one byte.
        return transfer + (length > 127 ? [.shortestLength] : []) + (length == 0 ? [.emptyValue] : [])
      },
      applies: { channel in
        guard channel.traits.carriesMessages else { return false }
        return length <= channel.traits.largestMessage ?? .max && (length > 0 || channel.traits.carriesEmptyMessages)
      },
      phases: { _, _ in
        let message = Message(length: length)
        return [Phase(steps: [.send(.writer, message), .receive(.reader, message)])]
      })
  }
}
