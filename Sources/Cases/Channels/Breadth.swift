/// How much of the matrix a plan covers.
package enum Breadth: Sendable {
  /// One case for each channel and pair.
  case quick
  /// Every transport and every framing, but not every combination.
  case usual
  /// Every combination of transports and framings.
  case full
}
