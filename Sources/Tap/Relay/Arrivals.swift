import Endpoints
import Foundation
import Journal

/// Where a tap's connections come from.
protocol Arrivals: AnyObject {
  /// Both sides' places, for people.
  var places: (listen: String, connect: String) { get }
  /// What to poll for an arrival; nil for nothing.
  var number: Int32? { get }
  /// When to look even if nothing is ready; nil if never.
  func wakeTime(at now: Duration) -> Duration?
  /// The next connection, if there is one now.
  ///
  /// - Parameters:
  ///   - number: the connection's number.
  ///   - now: the time.
  /// - Returns: what came of it.
  func next(_ number: Int, at now: Duration) -> Arrival
  /// Takes note that a connection is over, so that another may come.
  func closed(_ connection: TappedConnection)
  /// Whether no more can come.
  var isOver: Bool { get }
}

/// What came of a look for the next connection.
enum Arrival {
  /// Nobody is there.
  case nobody
  /// Both ends are there, or the server's connection is on its way.
  case connection(client: ProgramEnd, server: ProgramEnd, isConnecting: Bool)
  /// A client came, and the server could not be reached: the client is let go.
  case failure(String)
}
