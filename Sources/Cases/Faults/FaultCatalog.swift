/// All faults of the tap; a test compares the list with the files of this folder.
package enum FaultCatalog {
  package static let all: [any Fault.Type] = [
    Bytewise.self, Corrupt.self, Cut.self, Hold.self, Replace.self, Reset.self, Stall.self, Truncate.self,
  ]
}
