/// Delivers other bytes in place of all that arrive.
package struct Replace: Fault {
  package static let name = "replace"
  package static let summary = "delivers other bytes instead, once the first have arrived"

  private let replacement: [UInt8]
  private var isDone = false

  package init(by replacement: [UInt8]) { self.replacement = replacement }

  package mutating func admit(_ bytes: ArraySlice<UInt8>, at position: StreamPosition) -> ArraySlice<UInt8> {
    defer { isDone = true }
    return isDone ? [] : replacement[...]
  }

  package func action(on pending: ArraySlice<UInt8>, at position: StreamPosition) -> FaultAction {
    .deliver(pending.count)
  }
}
