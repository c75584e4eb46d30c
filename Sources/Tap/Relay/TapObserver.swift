package import Journal

/// Who is told what goes through a tap, after it has gone through; telling never waits.
package protocol TapObserver: AnyObject {
  /// The time since the tap was in place.
  var time: TapTime { get }
  /// Tells of anything but bytes.
  func note(_ event: TapEvent)
  /// Tells of bytes, which are valid during the call only.
  func bytes(_ connection: Int, _ side: TapSide, offset: Int, _ bytes: UnsafeRawBufferPointer)
}
