import Foundation
import Journal
import Synchronization

/// Says on standard error how far a run is.
///
/// On a terminal that is one line, which changes. Elsewhere, in CI too, it is a line every ``usualSeconds`` of a run that
/// lasts so long: some CI systems end a job that prints nothing for ten minutes.
final class ProgressLine: Sendable {
  /// How far a run is.
  struct Standing: Sendable {
    var ended: Int
    var planned: Int
    var bad: Int
    /// The case that ended last.
    var name: CaseName
  }

  private struct State {
    var standing: Standing?
    var shownAt: ContinuousClock.Instant?
    let start = ContinuousClock.now
  }

  /// The seconds between two lines where there is no terminal; `PARLEY_PROGRESS_SECONDS` sets other ones.
  static let usualSeconds = 30.0

  private let isLive: Bool
  private let state = Mutex(State())
  // Dispatch sources may be used from any thread.
  nonisolated(unsafe) private let timer: (any DispatchSourceTimer)?

  init() {
    let environment = ProcessInfo.processInfo.environment
    isLive =
      isatty(2) == 1 && environment["NO_COLOR"] == nil && environment["CI"] == nil && environment["TERM"] != "dumb"
    let seconds =
      environment["PARLEY_PROGRESS_SECONDS"].flatMap(Double.init).map { max(0.001, $0) } ?? Self.usualSeconds
    guard !isLive else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    self.timer = timer
    timer.setEventHandler { [weak self] in self?.tick() }
    timer.schedule(deadline: .now() + seconds, repeating: seconds)
    timer.resume()
  }

  /// Takes how far the run is; on a terminal shows it, ten times a second at most.
  func show(_ standing: Standing) {
    state.withLock { state in
      state.standing = standing
      guard isLive else { return }
      if let shownAt = state.shownAt, ContinuousClock.now - shownAt < .milliseconds(100) { return }
      state.shownAt = .now
      let line = "\(standing.ended)/\(standing.planned)\(Self.failures(standing))  \(standing.name)"
      FileHandle.standardError.writeBare("\r\u{1b}[K\(line.prefix(100).description.harmless)")
    }
  }

  /// Takes the line away, before something else is printed.
  func clear() {
    state.withLock { state in
      guard isLive, state.shownAt != nil else { return }
      FileHandle.standardError.writeBare("\r\u{1b}[K")
      state.shownAt = nil
    }
  }

  /// Shows no more.
  func end() {
    timer?.cancel()
    clear()
    // After this no line can follow: the timer's handler holds the lock while it prints.
    state.withLock { $0.standing = nil }
  }

  private func tick() {
    state.withLock { state in
      guard let standing = state.standing else { return }
      let seconds = Int((ContinuousClock.now - state.start) / .seconds(1))
      Status.complain(
        "\(standing.ended) of \(standing.planned) cases\(Self.failures(standing)) after \(seconds) s, the last \(standing.name)"
      )
    }
  }

  private static func failures(_ standing: Standing) -> String {
    standing.bad > 0 ? ", \(standing.bad) failed" : ""
  }
}
