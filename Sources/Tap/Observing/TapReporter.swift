package import Endpoints
import Foundation
package import Journal
import Synchronization

/// Shows and records what goes through a tap, on a thread of its own, so that it never holds anything up.
package final class TapReporter: TapObserver, @unchecked Sendable {
  /// How lines look.
  package enum Form: Sendable {
    case text(TextForm)
    case json
  }

  private let queue = EventQueue()
  private let start = ContinuousClock.now
  private let thread: JoinableThread
  private let work: Work

  /// Starts to show and record.
  ///
  /// - Parameters:
  ///   - output: the descriptor for lines; nil to show nothing.
  ///   - form: how they look.
  ///   - view: what is shown.
  ///   - recording: the descriptor of the recording; nil for none.
  /// - Throws: ``EndpointError`` when the system has no thread left.
  package init(
    output: Int32?, form: Form, view: TapView, recording: Int32?
  ) throws(EndpointError) {
    let work = Work(queue, start, output: output, form: form, view: view, recording: recording)
    self.work = work
    thread = try JoinableThread { work.run() }
  }

  package var time: TapTime { TapTime(microseconds: Int((ContinuousClock.now - start) / .microseconds(1))) }

  package func note(_ event: TapEvent) { queue.add(event) }

  package func bytes(_ connection: Int, _ side: TapSide, offset: Int, _ bytes: UnsafeRawBufferPointer) {
    queue.add(connection, side, time, offset: offset, bytes)
  }

  /// Waits until all is shown and recorded; not for ever where the output takes nothing.
  ///
  /// - Returns: what was in the way of the output or the recording, in sentences.
  package func finish() -> [String] {
    queue.add(.over(time))
    queue.close()
    thread.join()
    return work.problems
  }

  /// Ends without a word, because the tap never was in place.
  package func abandon() {
    queue.close()
    thread.join()
  }

  /// What the thread does, and what only it touches until it has ended.
  private final class Work: @unchecked Sendable {
    private let queue: EventQueue
    private let start: ContinuousClock.Instant
    private let form: Form
    private var output: PatientOutput?
    private var view: TapView
    private let recording: Int32?
    private var isRecording: Bool
    private(set) var problems: [String] = []
    private var droppedLines = 0

    /// So many bytes of lines may wait for the output before lines are dropped, if events wait as well.
    private static let mostLines = 1 << 20
    /// How long the end waits for an output that takes nothing, in milliseconds.
    private static let lastPatience: Int32 = 2000

    init(
      _ queue: EventQueue, _ start: ContinuousClock.Instant, output: Int32?, form: Form, view: TapView,
      recording: Int32?
    ) {
      (self.queue, self.start, self.form, self.view, self.recording) = (queue, start, form, view, recording)
      self.output = output.map { PatientOutput($0) }
      isRecording = recording != nil
    }

    func run() {
      while let batch = queue.take(until: waitEnd) {
        for event in batch.events { take(event) }
        let now = TapTime(microseconds: Int((ContinuousClock.now - start) / .microseconds(1)))
        for shown in view.tick(at: now) { show(shown) }
        flush()
      }
      if !(output?.flush(Self.lastPatience) ?? true) {
        problems.append("Standard output took no more; the last lines are not shown.")
      }
      if let problem = output?.problem { problems.append("Cannot write the output: \(problem).") }
    }

    /// When to go on even without an event.
    private var waitEnd: Date? {
      if let output, output.backlog > 0 { return Date(timeIntervalSinceNow: 0.05) }
      guard let deadline = view.deadline else { return nil }
      let now = Int((ContinuousClock.now - start) / .microseconds(1))
      return Date(timeIntervalSinceNow: max(0.001, Double(deadline.microseconds - now) / 1e6))
    }

    private func take(_ event: TapEvent) {
      record(event)
      guard output != nil else { return }
      let isShown = queue.standing.isShort
      for shown in view.add(event, isShown: isShown) { show(shown) }
    }

    private func show(_ event: ShownEvent) {
      guard var output, !output.isGone else { return }
      self.output = nil
      defer { self.output = output }
      if droppedLines > 0, output.backlog == 0 {
        output.add(dropped(droppedLines))
        droppedLines = 0
      }
      switch form {
      case .text(let form): output.add(form.line(event))
      case .json: output.add(JSONForm.line(event))
      }
      guard output.backlog > 16 << 10 else { return }
      output.flush()
      // As long as there is room for events, the output may take its time.
      while output.backlog > Self.mostLines, !output.isGone, queue.standing == (true, true) { output.flush(100) }
      if output.backlog > Self.mostLines { droppedLines += output.abandon() }
    }

    private func flush() {
      guard var output else { return }
      self.output = nil
      output.flush()
      self.output = output
    }

    private func dropped(_ count: Int) -> String {
      switch form {
      case .text: "… \(count) lines are missing here: the output took them too slowly"
      case .json: "{\"event\":\"lines-missing\",\"count\":\(count)}"
      }
    }

    private func record(_ event: TapEvent) {
      guard isRecording, let recording else { return }
      var line = TapRecording.line(event)
      line.append(0x0a)
      var rest = line[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(recording, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          problems.append(
            "The recording ends early: \(String(cString: strerror(errno))). The programs were not disturbed.")
          isRecording = false
          return
        }
        rest = rest.dropFirst(count)
      }
    }
  }
}
