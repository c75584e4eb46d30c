/// How much of the matrix a plan visits.
package enum Breadth: Sendable {
  /// One case for each channel and pair.
  case quick
  /// Every transport and every framing, without multiplying them.
  case usual
  /// The whole product of transports and framings.
  case full
}
