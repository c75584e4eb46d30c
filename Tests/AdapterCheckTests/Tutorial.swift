import Foundation
import Testing

/// The tutorial as its reader has it: the blocks of `interop/README.md`, in order.
struct Tutorial {
  let manifest: String
  /// What is printed after each step.
  let transcripts: [String]
  private let blocks: [String]

  init() throws {
    let text = try String(contentsOfFile: "\(Check.repository)/interop/README.md", encoding: .utf8)
    manifest = try #require(Self.blocks("yaml", in: text).first)
    blocks = Self.blocks("python", in: text)
    transcripts = Self.blocks("console", in: text).filter { $0.hasPrefix("$ parley adapter check tutorial\n") }
  }

  /// How many steps there are: the first has two blocks, every other one.
  var stepCount: Int { blocks.count - 1 }

  /// The program after a step: every block above the last two lines, as the tutorial says.
  func program(after step: Int) -> String {
    ([blocks[0]] + blocks[2..<(step + 1)] + [blocks[1]]).joined(separator: "\n")
  }

  /// Writes the adapter.
  func write(after step: Int, into check: Check, replacing: [(String, String)] = []) throws {
    var program = program(after: step)
    for (old, new) in replacing {
      try #require(program.contains(old), "the tutorial has no \(old)")
      program = program.replacingOccurrences(of: old, with: new)
    }
    try check.write("tutorial/adapter.yml", manifest)
    try check.write("tutorial/endpoint.py", program)
  }

  private static func blocks(_ language: String, in text: String) -> [String] {
    text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }
}
