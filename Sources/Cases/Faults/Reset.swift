/// Delivers a number of bytes, then breaks the connection off.
package struct Reset: Fault {
  package static let name = "reset"
  package static let summary = "breaks the connection off after a number of bytes, in both directions"

  private let truncation: Truncate

  /// - Parameter count: the number of bytes to deliver.
  package init(after count: Int) { truncation = Truncate(after: count) }

  package let endsByReset = true

  package func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    truncation.admit(bytes, at: position)
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    truncation.action(on: pending, at: position)
  }

  package func ends(at position: StreamPosition) -> Bool { truncation.ends(at: position) }
}
