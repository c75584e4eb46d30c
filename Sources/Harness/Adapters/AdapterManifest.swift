import Foundation
import Yams

/// The content of an adapter's manifest, `adapter.yml`.
///
/// `interop/README.md` describes every key.
struct AdapterManifest: Equatable, Sendable {
  /// A program that the adapter needs on the machine.
  struct Need: Equatable, Sendable, Decodable {
    var program: String
    var install: String
    /// Arguments with which the program prints the path of what it really is, where it may be a version manager's shim.
    var realPath: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case program, install
      case realPath = "real-path"
    }
  }

  /// How the adapter's program is made.
  struct Build: Equatable, Sendable, Decodable {
    var command: [String]
    var inputs: [String]
    var output: String

    enum CodingKeys: String, CodingKey, CaseIterable {
      case command, inputs, output
    }
  }

  /// The versions of a runtime with which the same program can be run, each an adapter of its own.
  struct Runtimes: Equatable, Sendable, Decodable {
    /// Names to look for on PATH, the newest first; the first that is there is the adapter's usual one.
    var programs: [String]
    /// Arguments with which a runtime prints the name of its adapter, such as `python3.11`.
    var name: [String]

    enum CodingKeys: String, CodingKey, CaseIterable {
      case programs, name
    }
  }

  var name: String
  var title: String
  var needs: [Need]
  var runtimes: Runtimes?
  var build: Build?
  var run: [String]
}

extension AdapterManifest: Decodable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, title, needs, runtimes, build, run
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    title = try container.decode(String.self, forKey: .title)
    needs = try container.decodeIfPresent([Need].self, forKey: .needs) ?? []
    runtimes = try container.decodeIfPresent(Runtimes.self, forKey: .runtimes)
    build = try container.decodeIfPresent(Build.self, forKey: .build)
    run = try container.decode([String].self, forKey: .run)
  }
}

extension AdapterManifest {
  /// Reads a manifest.
  ///
  /// - Throws: ``HarnessError`` naming the file, the line where there is one, and the cure.
  init(contentsOf path: String) throws(HarnessError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw HarnessError("Cannot read \(path): an adapter's folder needs an adapter.yml; interop/README.md shows one.")
    }
    do {
      try Self.refuseUnknownKeys(text, path)
      self = try YAMLDecoder().decode(AdapterManifest.self, from: text)
    } catch let error as HarnessError {
      throw error
    } catch let error as DecodingError {
      throw HarnessError("\(path): \(Self.sentence(for: error))")
    } catch {
      throw HarnessError("\(path) is not YAML that can be read: \(error)")
    }
    guard name.wholeMatch(of: /[a-z][a-z0-9._]*/) != nil else {
      throw HarnessError("\(path): the name \"\(name)\" is not of the form [a-z][a-z0-9._]*, such as \"ruby\".")
    }
    if runtimes != nil && needs.first?.program != run.first {
      throw HarnessError(
        "\(path): with runtimes, run must start with the program of the first entry of needs: that is what they replace."
      )
    }
    guard !run.isEmpty else { throw HarnessError("\(path): run is empty; give the command that starts the endpoint.") }
    if let build, build.command.isEmpty || build.inputs.isEmpty {
      throw HarnessError("\(path): build needs a command and at least one input file.")
    }
  }

  /// A misspelt key would be ignored by the decoder, and its author would wonder.
  private static func refuseUnknownKeys(_ text: String, _ path: String) throws {
    guard let root = try Yams.compose(yaml: text), let top = root.mapping else {
      throw HarnessError("\(path) is empty or not a mapping; interop/README.md shows a manifest.")
    }
    try check(top, CodingKeys.allCases.map(\.rawValue), "", path)
    if let build = top["build"]?.mapping { try check(build, Build.CodingKeys.allCases.map(\.rawValue), "build.", path) }
    if let runtimes = top["runtimes"]?.mapping {
      try check(runtimes, Runtimes.CodingKeys.allCases.map(\.rawValue), "runtimes.", path)
    }
    for need in top["needs"]?.sequence ?? [] {
      if let need = need.mapping { try check(need, Need.CodingKeys.allCases.map(\.rawValue), "needs.", path) }
    }
  }

  private static func check(
    _ mapping: Node.Mapping, _ known: [String], _ prefix: String, _ path: String
  ) throws {
    for (key, _) in mapping {
      guard let name = key.string, !known.contains(name) else { continue }
      throw HarnessError(
        "\(path):\(key.mark?.line ?? 1): unknown key \"\(prefix)\(name)\"; the keys are \(known.joined(separator: ", "))."
      )
    }
  }

  private static func sentence(for error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the manifest" : path.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(name(context.codingPath + [key])) is missing; interop/README.md shows a manifest."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return "\(name(context.codingPath)) has the wrong form: \(context.debugDescription)"
    @unknown default:
      return "\(error)"
    }
  }
}
