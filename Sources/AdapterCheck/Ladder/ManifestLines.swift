import Cases
import Runner
import Yams

/// Where the keys of a manifest stand, for messages.
struct ManifestLines {
  let path: String
  private let root: Node?

  init(_ path: String, text: String) {
    self.path = path
    root = try? Yams.compose(yaml: text)
  }

  /// The place of a key, such as `run` or `build`: the file and, where it is known, the line.
  func place(_ key: String) -> String { place(of: root?.mapping?.first { $0.key.string == key }?.key) }

  /// The place of the entry of `needs` for a program.
  func place(ofNeed program: String) -> String {
    let needs = root?.mapping?["needs"]?.sequence
    return place(of: needs?.first { $0.mapping?["program"]?.string == program })
  }

  private func place(of node: Node?) -> String { node?.mark.map { "\(path):\($0.line)" } ?? path }
}
