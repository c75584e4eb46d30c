import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Descriptors")
struct DescriptorTests {
  /// A duplicate with a number so high that no other test can come by it in between.
  private static func duplicate(of descriptor: borrowing Descriptor, atLeast lowest: Int32) throws -> Int32 {
    let number = fcntl(descriptor.number, F_DUPFD, lowest)
    try #require(number >= lowest)
    return number
  }

  private static func isOpen(_ number: Int32) -> Bool { fcntl(number, F_GETFD) >= 0 }

  @Test("One closes itself when its owner lets go")
  func closes() throws {
    let pipe = try Descriptor.pipe()
    let number = try Self.duplicate(of: pipe.reader, atLeast: 700)
    do {
      let descriptor = Descriptor(owning: number)
      #expect(Self.isOpen(descriptor.number))
    }
    #expect(!Self.isOpen(number))
  }

  @Test("One that was released is closed by its new owner only")
  func released() throws {
    let pipe = try Descriptor.pipe()
    let number = try Self.duplicate(of: pipe.reader, atLeast: 720)
    #expect(Descriptor(owning: number).release() == number)
    #expect(Self.isOpen(number))
    #expect(close(number) == 0)
  }

  @Test("A stream closes its descriptor")
  func streamCloses() throws {
    let ends = try Link.pipe.ends()
    let number = try Self.duplicate(of: ends.receiver, atLeast: 740)
    do { _ = MessageStream(Descriptor(owning: number), framing: .line) }
    #expect(!Self.isOpen(number))
  }

  @Test("Standard streams cannot be inherited as channels: usage", arguments: [-1, 0, 1, 2] as [Int32])
  func standardStreams(number: Int32) {
    #expect(kind { _ = try Descriptor.inherited(number) } == .usage)
    #expect(number < 0 || Self.isOpen(number))
  }

  @Test("A number that is not open is missing")
  func notOpen() {
    #expect(kind { _ = try Descriptor.inherited(999_999) } == .missing)
  }

  @Test("An inherited one works, is not inherited further, and is closed")
  func inherited() throws {
    let ends = try Link.pipe.ends()
    let number = try Self.duplicate(of: ends.receiver, atLeast: 760)
    do {
      let descriptor = try Descriptor.inherited(number)
      #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
      let hello = Array("hello".utf8)
      try ends.sender.write(hello.span)
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) } == 5)
    }
    #expect(!Self.isOpen(number))
  }

  @Test("What the library opens is not inherited by children", arguments: Link.allCases)
  func closeOnExec(link: Link) throws {
    let ends = try link.ends()
    #expect(fcntl(ends.sender.number, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(ends.receiver.number, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test("The end of the stream is a count of 0")
  func end() throws {
    let ends = try Link.pipe.ends()
    _ = close(ends.sender.release())
    let receiver = ends.receiver
    var buffer = [UInt8](repeating: 0, count: 10)
    #expect(try buffer.withUnsafeMutableBytes { try receiver.read(into: $0) } == 0)
  }

  @Test("Three runs of bytes are written as one")
  func threeRuns() throws {
    let ends = try Link.pipe.ends()
    let (one, two, three): ([UInt8], [UInt8], [UInt8]) = ([1], [], [2, 3])
    try ends.sender.write(prefix: one.span, two.span, suffix: three.span)
    var buffer = [UInt8](repeating: 0, count: 10)
    let count = try buffer.withUnsafeMutableBytes { try ends.receiver.read(into: $0) }
    #expect(buffer.prefix(count) == [1, 2, 3])
  }
}
