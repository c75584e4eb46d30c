/// The faults that the tap has: every file of this folder, which a test compares with it.
package enum FaultCatalog {
  package static let all: [any Fault.Type] = [
    Bytewise.self, Cut.self, Hold.self, Replace.self, Stall.self, Truncate.self,
  ]
}
