/// How much of the matrix a plan covers.
package enum Breadth: Sendable {
  /// One case for each channel and pair.
  case quick
  /// Every transport and every framing, but not every combination; and every scenario with `swift` and with `python`, but
  /// all other pairs once on each channel.
  case usual
  /// Every combination of transports and framings.
  case full
}
