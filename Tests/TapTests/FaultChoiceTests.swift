import Cases
import Journal
import Testing
import WireFormats

@testable import Tap

@Suite struct FaultChoiceTests {
  private static let examples = [
    "one-byte-at-a-time", "corrupt:5", "cut:4,9", "hold:8", "replace:6869", "reset:8", "stall:8,500ms", "truncate:8",
  ]

  @Test func everyFaultOfTheCatalogCanBeChosen() throws {
    let names = try Self.examples.map { example in
      let choice = try FaultChoice(example, from: "both", byte: nil, message: nil, framing: nil)
      return type(of: try #require(choice.fault(from: .client))).name
    }
    #expect(Set(names) == Set(FaultCatalog.all.map { $0.name }))
  }

  @Test(
    arguments: [
      "cut", "cut:", "cut:9,4", "cut:0", "cut:x", "hold", "hold:0", "stall:8", "stall:8,5s", "replace:xyz", "replace:",
      "truncate:-1", "one-byte-at-a-time:3", "cat:4", "corrupt:1,2",
    ])
  func whatIsNoFaultIsWrongUsage(_ text: String) {
    do {
      _ = try FaultChoice(text, from: "both", byte: nil, message: nil, framing: nil)
      Issue.record("\(text) was taken")
    } catch { #expect(error.isUsage) }
  }

  @Test func aSideAloneIsDisturbed() throws {
    let choice = try FaultChoice("reset:8", from: "server", byte: nil, message: nil, framing: nil)
    #expect(choice.fault(from: .client) == nil && choice.fault(from: .server) != nil)
    #expect(choice.description == "reset:8 from the server")
  }

  /// What arrives of `0123456789abcdef` in pieces, however it is cut.
  private func arrival(_ choice: FaultChoice, _ input: [UInt8]) throws -> Set<String> {
    var outcomes: Set<String> = []
    for size in 1...input.count {
      var queue = DeliveryQueue(choice.fault(from: .client))
      var output: [UInt8] = []
      func pump() {
        while true {
          guard case .write(let piece, _) = queue.next(at: .seconds(1 << 20)) else { return }
          output += piece
          queue.wrote(piece.count)
        }
      }
      for start in stride(from: 0, to: input.count, by: size) {
        queue.append(input[start..<min(input.count, start + size)])
        pump()
      }
      queue.end()
      pump()
      outcomes.insert(output.map { String(UnicodeScalar($0)) }.joined())
    }
    return outcomes
  }

  @Test func aFaultCanCountFromAByte() throws {
    let input = Array("0123456789".utf8)
    for (fault, output) in [
      ("truncate:2", "0123456"), ("corrupt:0", "01234\u{ca}6789"), ("replace:58", "01234X"), ("truncate:0", "01234"),
    ] {
      let choice = try FaultChoice(fault, from: "both", byte: 5, message: nil, framing: nil)
      #expect(try arrival(choice, input) == [output], "\(fault)")
    }
  }

  @Test func aFaultCanCountFromAMessage() throws {
    let input = Array("one\ntwo\nthree\n".utf8)
    let choice = try FaultChoice("truncate:1", from: "both", byte: nil, message: 3, framing: .line)
    #expect(try arrival(choice, input) == ["one\ntwo\nt"])
    #expect(throws: (any Error).self) {
      try FaultChoice("truncate:1", from: "both", byte: nil, message: 3, framing: nil)
    }
  }
}
