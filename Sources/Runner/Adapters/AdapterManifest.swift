package import Cases
import Foundation
import Yams

/// An adapter's manifest, `adapter.yml`.
///
/// `interop/README.md` describes every key.
package struct AdapterManifest: Equatable, Sendable {
  /// A program that the adapter needs.
  package struct Need: Equatable, Sendable, Decodable {
    package var program: String
    package var install: String
    /// Arguments that make the program print its real path, for programs that may be a version manager's shim.
    package var realPath: [String]?

    package enum CodingKeys: String, CodingKey, CaseIterable {
      case program, install
      case realPath = "real-path"
    }
  }

  /// How to build the adapter's program.
  package struct Build: Equatable, Sendable, Decodable {
    package var command: [String]
    package var inputs: [String]
    package var output: String

    package enum CodingKeys: String, CodingKey, CaseIterable {
      case command, inputs, output
    }
  }

  /// The versions of an interpreter that can run the same program, or of a compiler that can build it, each of them a separate
  /// adapter.
  package struct Runtimes: Equatable, Sendable, Decodable {
    /// Program names to look up on PATH, newest first; the adapter uses the first one found by default.
    package var programs: [String]
    /// Names of versions that are too old for the adapter's program but still run examples.
    package var older: [String]?
    /// Arguments that make a runtime print the name of its adapter, such as `python3.11`.
    package var name: [String]

    package enum CodingKeys: String, CodingKey, CaseIterable {
      case programs, older, name
    }
  }

  package var name: String
  package var title: String
  package var needs: [Need]
  package var runtimes: Runtimes?
  package var build: Build?
  package var run: [String]
}

extension AdapterManifest: Decodable {
  package enum CodingKeys: String, CodingKey, CaseIterable {
    case name, title, needs, runtimes, build, run
  }

  package init(from decoder: any Decoder) throws {
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
  /// Whether a text can be an adapter's name, which is safe in a path, in the name of a case, and in a shell.
  static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[a-z][a-z0-9._]*/) != nil }

  /// The adapter of one version of its runtime.
  ///
  /// - Parameters:
  ///   - name: the version's name, such as `python3.12`; the output of a build goes into a folder of that name, unless it is
  ///     the adapter's own.
  ///   - program: the path of the interpreter or the compiler.
  /// - Returns: the manifest with the version in place of the program in `needs`, `build` and `run`.
  package func version(_ name: String, by program: String) -> Self {
    var version = self
    version.name = name
    let usual = needs[0].program
    version.needs[0].program = program
    if run[0] == usual { version.run[0] = program }
    guard let build, name != self.name else { return version }
    let output = (build.output as NSString)
    let place = (output.deletingLastPathComponent as NSString).appendingPathComponent(name)
    let own = (place as NSString).appendingPathComponent(output.lastPathComponent)
    let paths = WholePaths(of: build.output, by: own)
    version.build?.command = build.command.map { $0 == usual ? program : paths.replaced(in: $0) }
    version.build?.output = own
    version.run = version.run.map { $0 == build.output ? own : $0 }
    return version
  }

  /// Whether a name is an adapter's, or that of a version of its runtime, such as `python3.8` or `c.gcc12`.
  package static func isOwn(_ name: String, of adapter: String) -> Bool {
    name == adapter
      || name.hasPrefix(adapter) && name.dropFirst(adapter.count).wholeMatch(of: /[0-9.][a-z0-9._]*/) != nil
  }

  /// Reads a manifest.
  ///
  /// - Throws: ``HarnessError`` that names the file, the line and the fix.
  package init(contentsOf path: String) throws(HarnessError) {
    let file: StrictYAML
    (self, file) = try StrictYAML.decode(
      path, subject: "manifest", page: "interop/README.md"
    ) { file throws(HarnessError) in
      try file.refuseUnknownKeys(file.top, CodingKeys.allCases.map(\.rawValue))
      try file.refuseUnknownKeys(file["build"], Build.CodingKeys.allCases.map(\.rawValue), "build.")
      try file.refuseUnknownKeys(file["runtimes"], Runtimes.CodingKeys.allCases.map(\.rawValue), "runtimes.")
      for need in file["needs"]?.sequence ?? [] {
        try file.refuseUnknownKeys(need, Need.CodingKeys.allCases.map(\.rawValue), "needs.")
      }
    }
    guard Self.isName(name) else {
      throw file.error(at: ["name"], "the name \"\(name)\" is not of the form [a-z][a-z0-9._]*, such as \"ruby\".")
    }
    if runtimes != nil, let program = needs.first?.program, program != run.first,
      build?.command.contains(program) != true
    {
      throw file.error(
        at: ["run"],
        "with runtimes, run must start with the program of the first entry of needs, or build.command must have it as a word: that is what they replace."
      )
    }
    guard !run.isEmpty else {
      throw file.error(at: ["run"], "run is empty; give the command that starts the endpoint.")
    }
    if let build, build.command.isEmpty || build.inputs.isEmpty {
      throw file.error(at: ["build"], "build needs a command and at least one input file.")
    }
  }
}
