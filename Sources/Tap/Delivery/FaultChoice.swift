package import Cases
package import Journal
package import WireFormats

/// The fault that `--deliver` asks for, and where it begins.
package struct FaultChoice: Sendable {
  private enum Start: Sendable {
    case byte(Int)
    case message(Int, Framing)
  }

  private let fault: any Fault
  private let start: Start
  private let sides: Set<TapSide>
  /// The choice in words.
  package let description: String

  /// Reads the options.
  ///
  /// - Parameters:
  ///   - text: a fault and what it needs, such as `cut:4,9`.
  ///   - from: whose bytes it changes: `client`, `server` or `both`.
  ///   - byte: the offset in a direction from which it counts; nil for the start.
  ///   - message: the message from whose frame it counts, 1 for the first; nil for a byte.
  ///   - framing: the framing that tells messages apart.
  /// - Throws: a usage error that says what is right.
  package init(
    _ text: String, from: String, byte: Int?, message: Int?, framing: Framing?
  ) throws(HarnessError) {
    fault = try Self.fault(text)
    guard let sides = Self.sides(from) else {
      throw HarnessError(
        "--deliver-from \(from) is no side; \(NearestWord.advice(from, among: ["client", "server", "both"])).",
        isUsage: true)
    }
    self.sides = sides
    var description = text + (from == "both" ? "" : " from the \(from)")
    if let message {
      guard byte == nil else {
        throw HarnessError("--from-byte and --from-message exclude each other; give one of them.", isUsage: true)
      }
      guard message >= 1 else { throw HarnessError("--from-message counts from 1.", isUsage: true) }
      guard let framing else {
        throw HarnessError(
          "--from-message counts messages on their way, so it needs --framing NAME instead of auto.", isUsage: true)
      }
      start = .message(message, framing)
      description += " from message \(message) on"
    } else {
      guard byte ?? 0 >= 0 else { throw HarnessError("--from-byte counts from 0.", isUsage: true) }
      start = .byte(byte ?? 0)
      if let byte, byte > 0 { description += " from byte \(byte) on" }
    }
    self.description = description
  }

  /// The fault of one direction, at its start; nil if this direction has none.
  package func fault(from side: TapSide) -> (any Fault)? {
    guard sides.contains(side) else { return nil }
    switch start {
    case .byte(0): return fault
    case .byte(let offset): return DelayedFault(fault, from: offset)
    case .message(1, _): return fault
    case .message(let number, let framing): return DelayedFault(fault, fromMessage: number, in: framing)
    }
  }

  private static func sides(_ word: String) -> Set<TapSide>? {
    word == "both" ? Set(TapSide.allCases) : TapSide(rawValue: word).map { [$0] }
  }

  private static func fault(_ text: String) throws(HarnessError) -> any Fault {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (name, argument) = (parts[0], parts.count == 2 ? parts[1] : "")
    let names = FaultCatalog.all.map { $0.name }.sorted()
    guard names.contains(name) else {
      throw HarnessError("There is no fault \"\(name)\"; \(NearestWord.advice(name, among: names)).", isUsage: true)
    }
    let words = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func wrong(_ example: String) -> HarnessError {
      HarnessError("--deliver \(text) lacks what the fault needs; write it as \(example).", isUsage: true)
    }
    func count(of wanted: Int = 1, least: Int, _ example: String) throws(HarnessError) -> Int {
      guard words.count == wanted, let number = Int(words[0]), (least...1 << 40).contains(number) else {
        throw wrong(example)
      }
      return number
    }
    switch name {
    case Bytewise.name:
      guard parts.count == 1 else { throw wrong(name) }
      return Bytewise()
    case Cut.name:
      let offsets = words.compactMap { Int($0) }
      guard offsets.count == words.count, offsets == offsets.sorted(), offsets[0] > 0 else { throw wrong("cut:4,9") }
      return Cut(at: offsets)
    case Hold.name: return Hold(until: try count(least: 1, "hold:8"))
    case Corrupt.name: return Corrupt(at: try count(least: 0, "corrupt:5"))
    case Truncate.name: return Truncate(after: try count(least: 0, "truncate:8"))
    case Reset.name: return Reset(after: try count(least: 0, "reset:8"))
    case Stall.name:
      let bytes = try count(of: 2, least: 0, "stall:8,500ms")
      guard words[1].hasSuffix("ms"), let length = Int(words[1].dropLast(2)), (0...3_600_000).contains(length) else {
        throw wrong("stall:8,500ms")
      }
      return Stall(after: bytes, for: .milliseconds(length))
    default:
      guard let bytes = Hex.bytes(argument.utf8), !bytes.isEmpty else { throw wrong("replace:68656c6c6f") }
      return Replace(by: bytes)
    }
  }
}
