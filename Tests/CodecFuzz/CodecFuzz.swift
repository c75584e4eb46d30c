import Foundation
import TestInputs
import WireFormats

/// Puts damaged, random and expensive messages to the decoders; `scripts/fuzz` builds and runs it.
@main
enum CodecFuzz {
  static func main() {
    guard let settings = Settings(CommandLine.arguments.dropFirst()) else {
      fail("usage: codec-fuzz [--count N] [--seed N] [--first N] | --file PATH", status: 2)
    }
    if let file = settings.file { return decode(file) }
    print("codec-fuzz: \(settings.count) messages, every second one expensive, --seed \(settings.seed)")
    LastInput.watch()
    let random = RandomPickle()
    let result = run(settings.first..<(settings.first + settings.count), random, settings.seed)
    print(
      """
      values \(result.values) · malformed \(result.malformed) · too large \(result.tooLarge) · wrong 0
      as replies: values \(result.replies) · too long \(result.tooLong)
      bytes \(result.bytes) · seconds \(String(format: "%.1f", result.seconds)) · slowest input \
      \(String(format: "%.1f", result.slowest.seconds * 1000)) ms (\(result.slowest.index))
      most memory \(result.hungriest.memory.map { "\($0 >> 10) KiB" } ?? "unknown") (\(result.hungriest.index)), \
      by a counter before malloc; the bounds are 1 s a MiB and 16 bytes a byte and 32 MiB
      """)
  }

  /// Decodes one message and says what it is, how long it took and how much memory.
  private static func decode(_ file: String) {
    guard let message = FileManager.default.contents(atPath: file) else { fail("\(file) cannot be read", status: 2) }
    let input = FuzzInput(file: file, Array(message))
    for (name, decode) in [("alone", input.decode), ("for a reply", input.decodeForReply)] {
      var outcome = FuzzInput.Outcome.value
      let cost = Cost { outcome = decode() }
      let memory = cost.memory.map { "\($0 >> 10) KiB" } ?? "unknown memory"
      let excess = cost.excess(messageSize: message.count) ?? "within the bounds"
      print("\(file), \(message.count) bytes, \(name): \(outcome), \(cost.seconds) s, \(memory), \(excess)")
    }
  }

  private struct Result {
    var (values, malformed, tooLarge, replies, tooLong, bytes) = (0, 0, 0, 0, 0, 0)
    var seconds = 0.0
    var slowest = (seconds: 0.0, index: 0)
    var hungriest: (memory: Int?, index: Int) = (nil, 0)
  }

  private static func run(_ indices: Range<Int>, _ random: RandomPickle, _ seed: UInt64) -> Result {
    var result = Result()
    let clock = ContinuousClock()
    let start = clock.now
    for index in indices {
      LastInput.index = index
      // An input that takes no end ends the process, which says at which it was.
      if index % 100 == 0 || indices.count == 1 { alarm(LastInput.patience) }
      let input = FuzzInput(index: index, seed: seed, random)
      result.bytes += input.message.count
      switch measure(input.decode, of: input, index, seed, &result) {
      case .value: result.values += 1
      case .refused(.tooLarge): result.tooLarge += 1
      default: result.malformed += 1
      }
      switch measure(input.decodeForReply, of: input, index, seed, &result) {
      case .value: result.replies += 1
      case .refused(.usage): result.tooLong += 1
      default: break
      }
    }
    alarm(0)
    result.seconds = (clock.now - start) / .seconds(1)
    return result
  }

  /// Ends the process for an outcome that must not be and for what it may not cost.
  private static func measure(
    _ decode: () -> FuzzInput.Outcome, of input: FuzzInput, _ index: Int, _ seed: UInt64, _ result: inout Result
  ) -> FuzzInput.Outcome {
    var outcome = FuzzInput.Outcome.value
    let cost = Cost { outcome = decode() }
    var wrong = cost.excess(messageSize: input.message.count)
    if case .wrong(let reason) = outcome { wrong = reason }
    if let wrong {
      let place = "--seed \(seed) --first \(index) --count 1"
      let hex = Hex.text(Array(input.message.prefix(200)))
      fail("\(place): \(input.codec.rawValue) of \(input.message.count) bytes, \(hex): \(wrong)", status: 1)
    }
    if cost.seconds > result.slowest.seconds { result.slowest = (cost.seconds, index) }
    if let memory = cost.memory, memory > result.hungriest.memory ?? 0 { result.hungriest = (memory, index) }
    return outcome
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
