import WireFormats

/// What a decoder made of a stream: the messages, and how it ended; nil is a clean end.
struct Decoded: Equatable {
  var messages: [[UInt8]] = []
  var end: ErrorKind?
}

extension FrameDecoder {
  /// Feeds bytes to a copy of this decoder in pieces, and takes the messages out after each piece.
  ///
  /// The cuts are the offsets between the pieces, ascending.
  func decode(_ bytes: [UInt8], cutAt cuts: [Int] = []) -> Decoded {
    var decoder = self
    var decoded = Decoded()
    var start = 0
    var piece = 0
    do throws(FramingError) {
      while piece <= cuts.count {
        let end = piece < cuts.count ? cuts[piece] : bytes.count
        decoder.append(bytes.span.extracting(start..<end))
        while let message = try decoder.next() { decoded.messages.append(message) }
        start = end
        piece += 1
      }
      try decoder.finish()
    } catch {
      decoded.end = error.kind
    }
    return decoded
  }
}

/// The ways in which a stream of a number of bytes can be cut; each is the offsets between the pieces.
enum Cuts {
  /// Every byte is a piece.
  static func everywhere(_ count: Int) -> [Int] { Array(1..<max(count, 1)) }

  /// Every way into two pieces, an empty one included.
  static func intoTwo(_ count: Int) -> [[Int]] { (0...count).map { [$0] } }

  /// Every way into three pieces.
  static func intoThree(_ count: Int) -> [[Int]] {
    (1..<count).flatMap { first in (first..<count).dropFirst().map { [first, $0] } }
  }

  /// Every way there is: 2 to the power of `count - 1`.
  static func all(_ count: Int) -> [[Int]] {
    (0..<(1 << max(count - 1, 0))).map { set in (1..<max(count, 1)).filter { set >> ($0 - 1) & 1 == 1 } }
  }
}
