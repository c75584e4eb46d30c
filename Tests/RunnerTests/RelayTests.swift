import CPlatform
import Endpoints
import Foundation
import Places
import Testing

@testable import Baselines
@testable import Cases
@testable import Runner

@Suite struct RelayTests {
  /// A socketpair: the tap's end, and the endpoint's number.
  private static func end() throws -> (tap: TapEnd, endpoint: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(parley_socketpair(&ends) == 0)
    let end = TapEnd(isDuplex: true)
    end.attach(Descriptor(owning: ends[0]))
    return (end, ends[1])
  }

  @Test func readerThatGoesDoesNotEndTheWritersStream() throws {
    parley_ignore_broken_pipe()
    let (source, writer) = try Self.end()
    let (sink, reader) = try Self.end()
    let relay = Relay(
      sender: .writer, from: source, to: sink, expecting: [])
    close(reader)
    try #require(write(writer, "A", 1) == 1)
    relay.pump(at: .zero)
    #expect(relay.sinkIsGone && !relay.senderHasEnded)
    close(writer)
  }

  @Test func writerThatGoesEndsItsStream() throws {
    let (source, writer) = try Self.end()
    let (sink, reader) = try Self.end()
    let relay = Relay(
      sender: .writer, from: source, to: sink, expecting: [])
    close(writer)
    relay.pump(at: .zero)
    #expect(relay.senderHasEnded && !relay.sinkIsGone)
    close(reader)
  }
}
