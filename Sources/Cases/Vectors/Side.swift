/// One of the two endpoints of a pair.
package enum Side: String, Sendable, CaseIterable, Decodable {
  case writer
  case reader

  package var other: Side { self == .writer ? .reader : .writer }
}
