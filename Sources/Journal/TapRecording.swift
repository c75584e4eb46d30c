import Foundation

/// The recording of a tap: JSON Lines, one event a line, appended as it happens.
///
/// | event | keys |
/// |---|---|
/// | `tap-started` | `version`, `date`, `listen`, `connect`, `fault` |
/// | `connected`, `closed` | `connection`, `time` |
/// | `bytes` | `connection`, `from`, `time`, `offset`, `bytes` in hex |
/// | `descriptors`, `unseen` | `connection`, `from`, `time`, `count` |
/// | `ended`, `reset` | `connection`, `from`, `time` |
/// | `failed` | `connection`, `time`, `reason` |
/// | `tap-ended` | `time` |
///
/// `connection` counts from 1, `from` is `client` or `server`, `time` is in seconds since the tap was in place, `offset` counts the
/// bytes of one direction of one connection.
public enum TapRecording {
  /// The line of an event, without its line feed.
  public static func line(_ event: TapEvent) -> [UInt8] {
    var line = Array("{\"event\":\"\(name(event))\"".utf8)
    func add(_ text: String) { line += Array(text.utf8) }
    func place(_ connection: Int, _ side: TapSide?, _ time: TapTime) {
      add(",\"connection\":\(connection)\(side.map { ",\"from\":\"\($0.rawValue)\"" } ?? ""),\"time\":\(time.seconds)")
    }
    switch event {
    case .started(let start):
      add(",\"version\":\(start.version),\"date\":\(quoted(start.date)),\"listen\":\(quoted(start.listen))")
      add(",\"connect\":\(quoted(start.connect))\(start.fault.map { ",\"fault\":\(quoted($0))" } ?? "")")
    case .connected(let connection, let time), .closed(let connection, let time): place(connection, nil, time)
    case .bytes(let connection, let side, let time, let offset, let bytes):
      place(connection, side, time)
      add(",\"offset\":\(offset),\"bytes\":\"")
      line.reserveCapacity(line.count + 2 * bytes.count + 2)
      for byte in bytes {
        line.append(digits[Int(byte >> 4)])
        line.append(digits[Int(byte & 15)])
      }
      add("\"")
    case .descriptors(let connection, let side, let time, let count),
      .unseen(let connection, let side, let time, let count):
      place(connection, side, time)
      add(",\"count\":\(count)")
    case .ended(let connection, let side, let time), .reset(let connection, let side, let time):
      place(connection, side, time)
    case .failed(let connection, let time, let reason):
      place(connection, nil, time)
      add(",\"reason\":\(quoted(reason))")
    case .over(let time): add(",\"time\":\(time.seconds)")
    }
    add("}")
    return line
  }

  /// A text as JSON, quotes included.
  public static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  /// Whether a file's beginning is that of a recording.
  public static func begins(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: Array("{\"event\":\"tap-started\"".utf8))
  }

  /// Reads a recording, one event at a time; a last line that is cut off is left out.
  ///
  /// - Parameters:
  ///   - content: the file.
  ///   - path: its path, for the error.
  ///   - body: gets each event in order.
  /// - Throws: ``JournalFile/Failure`` naming the path and the line, what is wrong there, or that the version is newer.
  public static func read(_ content: [UInt8], path: String, _ body: (TapEvent) throws -> Void) throws {
    let decoder = JSONDecoder()
    var number = 0
    var rest = content[...]
    while let end = rest.firstIndex(of: 0x0a) {
      number += 1
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      if number == 1, let version = try? decoder.decode(Version.self, from: Data(line)).version,
        version > TapStart.currentVersion
      {
        throw JournalFile.Failure(
          description:
            "\(path) is a recording of version \(version); read it with the parley that wrote it, or a newer one.")
      }
      guard let event = (try? decoder.decode(Line.self, from: Data(line)))?.meaning else {
        throw JournalFile.Failure(description: "Line \(number) of \(path) is no event of a tap's recording.")
      }
      try body(event)
    }
  }

  private struct Version: Decodable { var version: Int }

  /// All that a line may hold.
  private struct Line: Decodable {
    var event: String
    var version: Int?
    var date: String?
    var listen: String?
    var connect: String?
    var fault: String?
    var connection: Int?
    var from: TapSide?
    var time: Double?
    var offset: Int?
    var bytes: String?
    var count: Int?
    var reason: String?

    var meaning: TapEvent? {
      if event == "tap-started" {
        guard let date, let listen, let connect else { return nil }
        return .started(TapStart(date: date, listen: listen, connect: connect, fault: fault))
      }
      // Far more than any tap lives, and no number of microseconds overflows.
      guard let time, (0...1e9).contains(time) else { return nil }
      let moment = TapTime(microseconds: Int((time * 1_000_000).rounded()))
      if event == "tap-ended" { return .over(moment) }
      // No sum of such counts overflows.
      guard let connection, (0...1 << 40).contains(count ?? 0), (0...1 << 60).contains(offset ?? 0) else { return nil }
      switch (event, from) {
      case ("connected", _): return .connected(connection, moment)
      case ("closed", _): return .closed(connection, moment)
      case ("failed", _): return reason.map { .failed(connection, moment, reason: $0) }
      case ("bytes", let side?):
        guard let offset, let content = bytes.flatMap(TapRecording.unhexed) else { return nil }
        return .bytes(connection, side, moment, offset: offset, content)
      case ("descriptors", let side?): return count.map { .descriptors(connection, side, moment, count: $0) }
      case ("unseen", let side?): return count.map { .unseen(connection, side, moment, count: $0) }
      case ("ended", let side?): return .ended(connection, side, moment)
      case ("reset", let side?): return .reset(connection, side, moment)
      default: return nil
      }
    }
  }

  private static func name(_ event: TapEvent) -> String {
    switch event {
    case .started: "tap-started"
    case .connected: "connected"
    case .bytes: "bytes"
    case .descriptors: "descriptors"
    case .unseen: "unseen"
    case .ended: "ended"
    case .reset: "reset"
    case .failed: "failed"
    case .closed: "closed"
    case .over: "tap-ended"
    }
  }

  // The targets below WireFormats do not know its hexadecimal.
  private static let digits = Array("0123456789abcdef".utf8)

  private static func unhexed(_ text: String) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 2)
    for index in stride(from: 0, to: characters.count, by: 2) {
      guard let high = digits.firstIndex(of: characters[index]), let low = digits.firstIndex(of: characters[index + 1])
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}
