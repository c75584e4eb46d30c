import Foundation

/// A journal on disk: JSON Lines, one event a line, appended as it happens.
public final class JournalFile {
  private let handle: Int32
  private let path: String
  private let encoder = JSONEncoder()

  /// Why a journal cannot be written or read.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    /// What happened, to which file, and the cure.
    public var description: String
  }

  /// Makes the file, or empties it.
  ///
  /// - Throws: ``Failure`` naming the path.
  public init(creating path: String) throws(Failure) {
    self.path = path
    handle = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
    guard handle >= 0 else {
      throw Failure(
        description:
          "Cannot write the journal \(path): \(String(cString: strerror(errno))). Choose a path that can be written.")
    }
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
  }

  deinit { close(handle) }

  /// Appends an event, in one write, so that a run that is killed leaves whole lines.
  ///
  /// - Throws: ``Failure`` when the disk is full or the like.
  public func append(_ event: Event) throws {
    var line = try encoder.encode(event)
    line.append(0x0a)
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(handle, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw Failure(
          description:
            "Cannot write the journal \(path): \(String(cString: strerror(errno))). It ends early; make room and run again."
        )
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads a journal, one event at a time.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - body: gets each event in order.
  /// - Returns: false if the last line is cut off, as a killed run or a full disk leaves it.
  /// - Throws: ``Failure`` naming the path and the line for what is no journal, or one of a newer version; what the body throws.
  public static func read(_ path: String, _ body: (Event) throws -> Void) throws -> Bool {
    let content: Data
    do {
      content = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw Failure(
        description: "Cannot read the journal \(path): is it there, and a file? Make one with parley run --journal.")
    }
    let decoder = JSONDecoder()
    var lineNumber = 0
    var rest = content[...]
    while !rest.isEmpty {
      lineNumber += 1
      guard let end = rest.firstIndex(of: 0x0a) else { return false }
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      // Before the event is read whole, since a newer version may have other events.
      if lineNumber == 1 { try checkVersion(line, path, decoder) }
      let event: Event
      do {
        event = try decoder.decode(Event.self, from: Data(line))
      } catch {
        throw Failure(
          description: "Line \(lineNumber) of \(path) is no event of a journal of version \(RunStart.currentVersion).")
      }
      try body(event)
    }
    guard lineNumber > 0 else { throw Failure(description: "The journal \(path) is empty; the run wrote nothing.") }
    return true
  }

  /// What the first line says of any version.
  private struct Beginning: Decodable {
    struct Run: Decodable { var version: Int }
    var event: String
    var run: Run?
  }

  private static func checkVersion(_ line: Data.SubSequence, _ path: String, _ decoder: JSONDecoder) throws(Failure) {
    guard let beginning = try? decoder.decode(Beginning.self, from: Data(line)) else {
      throw Failure(description: "Line 1 of \(path) is no event of a journal; parley run --journal makes one.")
    }
    guard beginning.event == "run-started", let version = beginning.run?.version, version >= RunStart.oldestVersion
    else {
      throw Failure(description: "\(path) is no journal: its first line must say that a run started.")
    }
    guard version <= RunStart.currentVersion else {
      throw Failure(
        description:
          "\(path) is a journal of version \(version), and this parley reads up to version \(RunStart.currentVersion); read it with the parley that wrote it, or a newer one."
      )
    }
  }
}
