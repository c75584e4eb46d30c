import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation

/// A stock of pipes or socketpairs: the endpoint inherits one end of each when it starts, and the tap has the other.
///
/// A running process cannot inherit more descriptors, and a new process for every case would take most of a run's time.
/// So an endpoint gets enough for many cases and is replaced when they are used up.
final class InheritedStock {
  /// The descriptors of one phase: one the endpoint sends through, one it receives through, and the tap's ends.
  struct Slot {
    var sending: (number: Int, end: TapEnd)
    /// The same as ``sending`` for a socketpair.
    var receiving: (number: Int, end: TapEnd)
  }

  /// The endpoint's ends, in the order of their numbers from 3; closed once the endpoint has inherited them.
  private(set) var inheritance: [Int32] = []
  private var slots: [Slot] = []

  /// The largest number of slots: more would save hardly any starts, and every look at what an endpoint holds goes over all.
  static let largestCount = 64

  /// Creates the pipes or socketpairs.
  ///
  /// - Throws: ``HarnessError`` if no descriptors are left.
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

  /// The number of unused slots.
  var count: Int { slots.count }

  /// Takes an unused slot; nil if there is none.
  func take() -> Slot? { slots.popLast() }

  /// Closes the runner's copies of the inherited descriptors.
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
      throw HarnessError("Cannot create a pipe for an endpoint: \(String(cString: strerror(errno))).")
    }
    return (ends[0], ends[1])
  }
}
