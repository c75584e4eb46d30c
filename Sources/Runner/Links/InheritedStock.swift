import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// A stock of pipes or socketpairs whose one ends an endpoint inherits at its start, and whose other ends are the tap's.
///
/// What is inherited cannot be added later, and a process for every case would cost most of a run: so an endpoint gets
/// enough for many cases, and is replaced when they are used up.
final class InheritedStock {
  /// What one phase uses: a descriptor that the endpoint sends through, one that it receives through, and the tap's ends.
  struct Slot {
    var sending: (number: Int, end: TapEnd)
    /// The same as ``sending`` for a socketpair.
    var receiving: (number: Int, end: TapEnd)
  }

  /// The endpoint's ends, in the order of their numbers from 3 on; closed once the endpoint has them.
  private(set) var inheritance: [Int32] = []
  private var slots: [Slot] = []

  /// How many slots a live endpoint is given.
  ///
  /// With two descriptors each they stay far from any limit.
  static let usualCount = 24

  /// Makes the pipes or socketpairs.
  ///
  /// - Throws: ``HarnessError`` when no descriptors are left.
  init(_ transport: Transport, count: Int) throws(HarnessError) {
    for _ in 0..<count {
      if transport.traits.isDuplex {
        let pair = try Self.pair(parley_socketpair)
        let end = TapEnd(isDuplex: true)
        end.attach(Descriptor(owning: pair.1))
        let number = give(pair.0)
        slots.append(Slot(sending: (number, end), receiving: (number, end)))
      } else {
        let (out, back) = (try Self.pair(parley_pipe), try Self.pair(parley_pipe))
        let (source, sink) = (TapEnd(isDuplex: false), TapEnd(isDuplex: false))
        source.attach(Descriptor(owning: out.0))
        sink.attach(Descriptor(owning: back.1))
        slots.append(Slot(sending: (give(out.1), source), receiving: (give(back.0), sink)))
      }
    }
  }

  deinit { closeInheritance() }

  /// How many slots are left.
  var count: Int { slots.count }

  /// Takes a slot; nil when all are used up.
  func take() -> Slot? { slots.popLast() }

  /// Closes the runner's copies of what the endpoint has inherited.
  func closeInheritance() {
    for number in inheritance { close(number) }
    inheritance = []
  }

  private func give(_ number: Int32) -> Int {
    inheritance.append(number)
    return 2 + inheritance.count
  }

  private static func pair(_ make: (UnsafeMutablePointer<Int32>?) -> Int32) throws(HarnessError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard make(&ends) == 0 else {
      throw HarnessError("Cannot make a pipe for an endpoint: \(String(cString: strerror(errno))).")
    }
    return (ends[0], ends[1])
  }
}
