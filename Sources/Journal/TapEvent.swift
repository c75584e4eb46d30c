/// Something that happened at a tap between two programs.
public enum TapEvent: Equatable, Sendable {
  /// The tap is in place.
  case started(TapStart)
  /// A client came and got its connection to the server.
  case connected(Int, TapTime)
  /// Bytes went by; the offset counts from the start of this direction.
  case bytes(Int, TapSide, TapTime, offset: Int, [UInt8])
  /// Open descriptors went by with the bytes that follow.
  case descriptors(Int, TapSide, TapTime, count: Int)
  /// Bytes went by that nobody could look at: they came faster than they were written down.
  case unseen(Int, TapSide, TapTime, count: Int)
  /// A side sends no more.
  case ended(Int, TapSide, TapTime)
  /// A side broke the connection off.
  case reset(Int, TapSide, TapTime)
  /// Something is wrong with a connection, in a sentence.
  case failed(Int, TapTime, reason: String)
  /// Both directions of a connection are over.
  case closed(Int, TapTime)
  /// The tap is gone.
  case over(TapTime)
}

/// A side of a tapped connection; in a direction, the one that sends.
public enum TapSide: String, CaseIterable, Sendable, Codable {
  /// The program that came to the tap: it connected, writes the FIFO, or started `parley tap -- COMMAND`.
  case client
  /// The program to which the tap connects, that reads the FIFO, or that the tap started.
  case server

  /// The side that receives.
  public var other: TapSide { self == .client ? .server : .client }
}

/// A moment, in microseconds since the tap was in place.
public struct TapTime: Equatable, Comparable, Sendable {
  /// The microseconds.
  public var microseconds: Int

  /// Makes a moment.
  public init(microseconds: Int) { self.microseconds = microseconds }

  /// Seconds with six decimals, such as `0.000123`.
  public var seconds: String {
    let decimals = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - decimals.count))\(decimals)"
  }

  /// The order of time.
  public static func < (left: TapTime, right: TapTime) -> Bool { left.microseconds < right.microseconds }
}

/// What a tap was put between.
public struct TapStart: Equatable, Sendable, Codable {
  /// The version of the recording's format.
  public var version = Self.currentVersion
  /// When the tap was in place, ISO 8601.
  public var date: String
  /// Where clients come, such as `/run/app.sock`, a FIFO, or `standard streams`.
  public var listen: String
  /// Where the server is, such as `@name`, a FIFO, or a command.
  public var connect: String
  /// The fault that was asked for; nil for none.
  ///
  /// The recording has the bytes as they were sent, before the fault.
  public var fault: String?

  /// The version that this package writes and reads.
  public static let currentVersion = 1

  /// Describes a tap.
  public init(date: String, listen: String, connect: String, fault: String? = nil) {
    self.date = date
    self.listen = listen
    self.connect = connect
    self.fault = fault
  }
}
