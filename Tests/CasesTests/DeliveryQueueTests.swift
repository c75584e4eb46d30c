import Places
import Testing

@testable import Cases

@Suite struct DeliveryQueueTests {
  static let input = Array("abcdef".utf8)

  /// Every way to cut the input into pieces.
  static let segmentations: [[ArraySlice<UInt8>]] = (0..<(1 << (input.count - 1))).map { mask in
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for end in 1...input.count where end == input.count || mask >> (end - 1) & 1 == 1 {
      pieces.append(input[start..<end])
      start = end
    }
    return pieces
  }

  @Test(arguments: [
    (Delivery.immediate, "abcdef"), (.bytewise, "abcdef"), (.cut(at: [1, 3, 4]), "abcdef"), (.cut(at: []), "abcdef"),
    (.cut(at: [6, 9]), "abcdef"), (.held(until: 4), "abcdef"), (.held(until: 6), "abcdef"), (.held(until: 9), "abcdef"),
    (.replaced(by: Array("other".utf8)), "other"), (.truncated(after: 1), "a"), (.truncated(after: 4), "abcd"),
    (.truncated(after: 6), "abcdef"), (.truncated(after: 9), "abcdef"),
  ])
  func deliversTheSameHoweverTheInputIsCutAndTheOutputTaken(_ delivery: Delivery, _ output: String) {
    for pieces in Self.segmentations {
      for isPumpedAtOnce in [true, false] {
        for most in [1, 2, .max] {
          var course = Course(delivery)
          for piece in pieces {
            course.queue.append(piece)
            if isPumpedAtOnce { course.pump(most) }
          }
          course.pump(most)
          course.queue.end()
          course.pump(most)
          #expect(course.output == Array(output.utf8) && course.hasEnded, "\(pieces), at most \(most)")
          #expect(course.queue.next == .end)
        }
      }
    }
  }

  @Test func bytewiseWaitsAfterEachByte() {
    for pieces in Self.segmentations {
      let course = Course(.bytewise, pieces)
      #expect(course.writes.map(\.count) == [1, 1, 1, 1, 1, 1] && course.waits == [1, 2, 3, 4, 5, 6], "\(pieces)")
    }
  }

  @Test func cutWaitsAtEachCutAndOnlyThere() {
    for pieces in Self.segmentations {
      let course = Course(.cut(at: [1, 3, 4]), pieces)
      #expect(course.waits == [1, 3, 4], "\(pieces)")
      var offset = 0
      for write in course.writes {
        #expect(![1, 3, 4].contains { offset < $0 && $0 < offset + write.count }, "\(pieces)")
        offset += write.count
      }
    }
  }

  @Test func heldBackComesAtOnceWhenThereIsEnough() {
    for pieces in Self.segmentations {
      var course = Course(.held(until: 4))
      var received = 0
      for piece in pieces {
        course.queue.append(piece)
        received += piece.count
        course.pump()
        #expect(course.output.count == (received < 4 ? 0 : received), "\(pieces)")
      }
      #expect(course.writes.first?.count ?? 0 >= 4, "\(pieces)")
    }
  }

  @Test func heldBackComesWhenTheSourceEndsEarly() {
    var course = Course(.held(until: 9), [Self.input[...]])
    #expect(course.output.isEmpty)
    course.queue.end()
    course.pump()
    #expect(course.output == Self.input && course.hasEnded)
  }

  @Test func replacementComesWithTheFirstBytes() {
    for pieces in Self.segmentations {
      var course = Course(.replaced(by: Array("other".utf8)))
      #expect(course.queue.next == .wait)
      course.queue.append(pieces[0])
      course.pump()
      #expect(course.output == Array("other".utf8) && !course.hasEnded, "\(pieces)")
    }
  }

  @Test func truncatedEndsThoughTheSourceGoesOn() {
    for pieces in Self.segmentations {
      let course = Course(.truncated(after: 3), pieces)
      #expect(course.output == Array("abc".utf8) && course.hasEnded, "\(pieces)")
    }
  }

  @Test func abandonedEndsWithNothingMore() {
    var queue = DeliveryQueue(.immediate)
    queue.append(Self.input[...])
    queue.abandon()
    #expect(queue.next == .end && queue.backlog == 0)
  }

  /// A relay without I/O.
  private struct Course {
    var queue: DeliveryQueue
    var writes: [[UInt8]] = []
    /// The offsets at which the peer was waited for.
    var waits: [Int] = []
    var hasEnded = false

    var output: [UInt8] { Array(writes.joined()) }

    init(_ delivery: Delivery, _ pieces: [ArraySlice<UInt8>] = []) {
      queue = DeliveryQueue(delivery)
      for piece in pieces {
        queue.append(piece)
        pump()
      }
    }

    /// Writes at most so many bytes at a time.
    mutating func pump(_ most: Int = .max) {
      while !hasEnded {
        switch queue.next {
        case .wait: return
        case .end: hasEnded = true
        case .write(let piece, let thenWait):
          let written = piece.prefix(most)
          writes.append(Array(written))
          queue.wrote(written.count)
          if thenWait && written.count == piece.count { waits.append(output.count) }
        }
      }
    }
  }
}
