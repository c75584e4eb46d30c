/// Delivers single bytes, each after the previous one was read.
package struct Bytewise: Fault {
  package static let name = "one-byte-at-a-time"
  package static let summary = "delivers single bytes, each after the previous one was read"

  package init() {}

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    .deliver(1, thenWaitForReading: true)
  }
}
