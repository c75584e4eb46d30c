import Foundation
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

  private static let outputs: [(fault: (any Fault)?, output: String)] = [
    (nil, "abcdef"), (Bytewise(), "abcdef"), (Cut(at: [1, 3, 4]), "abcdef"), (Cut(at: []), "abcdef"),
    (Cut(at: [6, 9]), "abcdef"), (Hold(until: 4), "abcdef"), (Hold(until: 6), "abcdef"), (Hold(until: 9), "abcdef"),
    (Replace(by: Array("other".utf8)), "other"), (Truncate(after: 1), "a"), (Truncate(after: 4), "abcd"),
    (Truncate(after: 6), "abcdef"), (Truncate(after: 9), "abcdef"),
    (Stall(after: 2, for: .zero), "abcdef"), (Stall(after: 9, for: .seconds(1)), "abcdef"),
    (Corrupt(at: 0), "\u{9e}bcdef"), (Corrupt(at: 3), "abc\u{9b}ef"), (Corrupt(at: 6), "abcdef"),
    (Reset(after: 4), "abcd"), (Reset(after: 9), "abcdef"),
  ]

  @Test(arguments: outputs.indices)
  func deliversTheSameHoweverTheInputIsCutAndTheOutputTaken(_ index: Int) {
    let (fault, output) = Self.outputs[index]
    for pieces in Self.segmentations {
      for isPumpedAtOnce in [true, false] {
        for most in [1, 2, .max] {
          var course = Course(fault)
          for piece in pieces {
            course.queue.append(piece)
            if isPumpedAtOnce { course.pump(most) }
          }
          course.pump(most)
          course.queue.end()
          course.pump(most)
          #expect(course.output == Self.bytes(output) && course.hasEnded, "\(pieces), at most \(most)")
          let isReset = fault is Reset && output.utf8.count < Self.input.count
          #expect(course.queue.next(at: .zero) == (isReset ? .reset : .end))
        }
      }
    }
  }

  /// One byte for each character.
  private static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

  @Test func bytewiseWaitsAfterEachByte() {
    for pieces in Self.segmentations {
      let course = Course(Bytewise(), pieces)
      #expect(course.writes.map(\.count) == [1, 1, 1, 1, 1, 1] && course.waits == [1, 2, 3, 4, 5, 6], "\(pieces)")
    }
  }

  @Test func cutWaitsAtEachCutAndOnlyThere() {
    for pieces in Self.segmentations {
      let course = Course(Cut(at: [1, 3, 4]), pieces)
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
      var course = Course(Hold(until: 4))
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
    var course = Course(Hold(until: 9), [Self.input[...]])
    #expect(course.output.isEmpty)
    course.queue.end()
    course.pump()
    #expect(course.output == Self.input && course.hasEnded)
  }

  @Test func replacementComesWithTheFirstBytes() {
    for pieces in Self.segmentations {
      var course = Course(Replace(by: Array("other".utf8)))
      #expect(course.queue.next(at: .zero) == .wait)
      course.queue.append(pieces[0])
      course.pump()
      #expect(course.output == Array("other".utf8) && !course.hasEnded, "\(pieces)")
    }
  }

  @Test func truncatedEndsThoughTheSourceGoesOn() {
    for pieces in Self.segmentations {
      let course = Course(Truncate(after: 3), pieces)
      #expect(course.output == Array("abc".utf8) && course.hasEnded, "\(pieces)")
    }
  }

  @Test func stallPausesOnceAndGoesOnWhenTheTimeIsOver() {
    var queue = DeliveryQueue(Stall(after: 2, for: .seconds(3)))
    queue.append(Self.input[...])
    #expect(queue.next(at: .seconds(1)) == .write(Self.input[..<2], thenWait: false))
    queue.wrote(2)
    #expect(queue.next(at: .seconds(1)) == .pause(until: .seconds(4)))
    #expect(queue.next(at: .seconds(3)) == .pause(until: .seconds(4)))
    #expect(queue.next(at: .seconds(4)) == .write(Self.input[2...], thenWait: false))
  }

  @Test func everyFileOfTheFolderIsAFaultOfTheCatalog() throws {
    let folder = "\(Here.repository)/Sources/Cases/Faults"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { $0.replacing(".swift", with: "") }
    let names = FaultCatalog.all.map { "\($0)" }
    #expect(Set(files).subtracting(["FaultCatalog"]) == Set(names))
    #expect(Set(FaultCatalog.all.map { $0.name }).count == names.count)
  }

  @Test func abandonedEndsWithNothingMore() {
    var queue = DeliveryQueue(nil)
    queue.append(Self.input[...])
    queue.abandon()
    #expect(queue.next(at: .zero) == .end && queue.backlog == 0)
  }

  /// A relay without I/O.
  private struct Course {
    var queue: DeliveryQueue
    var writes: [[UInt8]] = []
    /// The offsets at which the peer was waited for.
    var waits: [Int] = []
    var hasEnded = false

    var output: [UInt8] { Array(writes.joined()) }

    init(_ fault: (any Fault)?, _ pieces: [ArraySlice<UInt8>] = []) {
      queue = DeliveryQueue(fault)
      for piece in pieces {
        queue.append(piece)
        pump()
      }
    }

    /// Writes at most so many bytes at a time.
    mutating func pump(_ most: Int = .max) {
      while !hasEnded {
        switch queue.next(at: .zero) {
        case .wait: return
        // A pause of no length is over at once.
        case .pause(let until): if until > .zero { return }
        case .end, .reset: hasEnded = true
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
