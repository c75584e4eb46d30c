import CPlatform
package import Cases
import Endpoints
import Foundation
import Journal

/// Between which programs a tap is put.
package enum TapPlace: Sendable {
  /// Clients that connect to an address, and the server at another.
  case sockets(listen: TapAddress, connect: TapAddress)
  /// The writer of a FIFO, and the reader of another.
  case fifos(from: String, to: String)
  /// Whoever started the tap, and a program: its path, its arguments, and the descriptors that it inherits.
  case program(path: String, command: [String], inherited: [Int32])

  /// The descriptors above 2 that a program started by this process would inherit; ask before any is opened.
  package static func inheritedDescriptors() -> [Int32] { ProgramArrival.inheritedDescriptors() }

  /// Puts the tap in place: from now on clients can come.
  ///
  /// - Parameters:
  ///   - fault: what is done to the bytes.
  ///   - signals: the reading end of caught signals.
  ///   - observer: who is told.
  /// - Returns: the loop, ready to run.
  /// - Throws: a ``HarnessError`` that says what is in the way; no client has been taken then.
  package func open(
    fault: FaultChoice?, signals: Int32, observer: any TapObserver
  ) throws(HarnessError) -> TapLoop {
    let arrivals = try arrivals()
    let places = arrivals.places
    let date = Date().formatted(.iso8601)
    observer.note(
      .started(
        TapStart(date: date, listen: places.listen, connect: places.connect, fault: fault?.description)))
    return TapLoop(arrivals, fault: fault, signals: signals, observer: observer)
  }

  private func arrivals() throws(HarnessError) -> any Arrivals {
    switch self {
    case .fifos(let input, let output): return try FifoArrivals(from: input, to: output)
    case .program(let path, let command, let inherited):
      return try ProgramArrival(path, command, inheriting: inherited)
    case .sockets(let listen, let connect):
      do {
        if listen.kind == .datagrams { return try DatagramArrivals(listen: listen, connect: connect) }
        return try SocketArrivals(listen: listen, connect: connect)
      } catch {
        throw HarnessError(Self.sentence(error))
      }
    }
  }

  private static func sentence(_ error: EndpointError) -> String { "The tap cannot be put in place: \(error.message)" }
}
