import Foundation
import TestInputs
import WireFormats

/// Puts damaged and random pickles to the decoder; `scripts/fuzz` builds and runs it.
@main
enum CodecFuzz {
  static func main() {
    guard let settings = Settings(CommandLine.arguments.dropFirst()) else {
      fail("usage: codec-fuzz [--count N] [--seed N] [--first N] | --file PATH", status: 2)
    }
    if let file = settings.file { return decode(file) }
    print("codec-fuzz: \(settings.count) pickles, --seed \(settings.seed)")
    LastInput.watch()
    let random = RandomPickle()
    // What the first thousand need is what any program of the library needs.
    run(settings.first..<(settings.first + min(1000, settings.count)), random, settings.seed)
    let before = peakMemory()
    let result = run(settings.first..<(settings.first + settings.count), random, settings.seed)
    let growth = zip2(peakMemory(), before).map { $0 - $1 }
    print(
      """
      values \(result.values) · malformed \(result.malformed) · too large \(result.tooLarge) · wrong 0
      bytes \(result.bytes) · seconds \(String(format: "%.1f", result.seconds)) · slowest input \
      \(String(format: "%.1f", result.slowest * 1000)) ms (\(result.slowestIndex))
      memory grew by \(growth.map { "\($0) KiB" } ?? "an unknown amount")
      """)
    if result.slowest > 1 { fail("input \(result.slowestIndex) took over a second", status: 1) }
    if let growth, growth > 64 << 10 { fail("memory grew by more than 64 MiB", status: 1) }
  }

  /// Decodes one message and says what it is, how long it took and how much memory.
  private static func decode(_ file: String) {
    guard let message = FileManager.default.contents(atPath: file) else { fail("\(file) cannot be read", status: 2) }
    let bytes = Array(message)
    let before = peakMemory()
    var outcome = "a value"
    let seconds = ContinuousClock().measure {
      do { _ = try PickleDecoder().decode(bytes) } catch { outcome = "\(error)" }
    }
    let growth = zip2(peakMemory(), before).map { "\($0 - $1) KiB" } ?? "unknown"
    print("\(file): \(bytes.count) bytes in \(seconds), memory grew by \(growth): \(outcome)")
  }

  private struct Result {
    var (values, malformed, tooLarge, bytes) = (0, 0, 0, 0)
    var (seconds, slowest, slowestIndex) = (0.0, 0.0, 0)
  }

  @discardableResult
  private static func run(_ indices: Range<Int>, _ random: RandomPickle, _ seed: UInt64) -> Result {
    var result = Result()
    let clock = ContinuousClock()
    let start = clock.now
    for index in indices {
      LastInput.index = index
      // An input that takes no end ends the process, which says at which it was.
      if index % 100 == 0 || indices.count == 1 { alarm(LastInput.patience) }
      var generator = SeededGenerator(seed: seed &+ UInt64(index))
      let message = random.message(from: &generator)
      let begin = clock.now
      switch PickleTrial(message) {
      case .value: result.values += 1
      case .refused(.tooLarge): result.tooLarge += 1
      case .refused: result.malformed += 1
      case .wrong(let reason):
        fail("input \(index), seed \(seed), \(Hex.text(message)): \(reason)", status: 1)
      }
      let seconds = (clock.now - begin) / .seconds(1)
      if seconds > result.slowest { (result.slowest, result.slowestIndex) = (seconds, index) }
      result.bytes += message.count
    }
    alarm(0)
    result.seconds = (clock.now - start) / .seconds(1)
    return result
  }

  private static func zip2(_ left: Int?, _ right: Int?) -> (Int, Int)? {
    if let left, let right { (left, right) } else { nil }
  }

  static func fail(_ message: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("codec-fuzz: \(message)\n".utf8))
    exit(status)
  }
}

/// The arguments.
private struct Settings {
  var count = 1_000_000
  var first = 0
  var file: String?
  var seed = UInt64.random(in: 0...UInt64(UInt32.max))

  init?(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let name = rest.popFirst() {
      guard let text = rest.popFirst() else { return nil }
      if name == "--file" {
        file = text
        continue
      }
      guard let number = UInt64(text) else { return nil }
      switch name {
      case "--count" where number > 0 && number < 1 << 40: count = Int(number)
      case "--first" where number < 1 << 40: first = Int(number)
      case "--seed": seed = number
      default: return nil
      }
    }
  }
}
