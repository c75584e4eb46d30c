package import Cases
import Foundation

/// Builds an adapter's program, unless it exists already and its inputs have not changed.
///
/// Several runs may start at once in one clone. They build under a lock, aside, and rename what was built, so that a program
/// that runs is never written to.
package struct AdapterBuild {
  package let manifest: AdapterManifest
  package let folder: String
  /// The build's timeout in seconds.
  package var deadline: Double = 600
  /// The build's environment, with the run's mark; nil for this process's own.
  package var environment: [String: String]?

  package init(
    manifest: AdapterManifest, folder: String, deadline: Double = 600, environment: [String: String]? = nil
  ) {
    self.manifest = manifest
    self.folder = folder
    self.deadline = deadline
    self.environment = environment
  }

  /// Builds the program if it is out of date.
  ///
  /// - Parameter progress: called with a message when a build starts, or another run's build is waited for; not called if the
  ///   program is up to date.
  /// - Throws: ``HarnessError`` with the end of the compiler's output.
  package func run(progress: (String) -> Void) throws(HarnessError) {
    guard let build = manifest.build else { return }
    let files = BuildFiles(folder: folder, output: build.output)
    if files.areUpToDate(try digest(of: build)) { return }
    guard let program = ProgramPath.resolve(build.command[0], in: folder) else {
      throw HarnessError(
        "\(folder)/adapter.yml: the build command's program \"\(build.command[0])\" was not found; list it under needs, or correct it."
      )
    }
    try files.makeFolder(files.outputFolder)
    let lock = try BuildLock(files.lock, seconds: deadline) {
      progress("waiting for another run, which builds \(manifest.name)")
    }
    // Another run may have built it meanwhile, or somebody changed the inputs.
    let digest = try digest(of: build)
    if files.areUpToDate(digest) { return }
    progress("building \(manifest.name): \(build.command.joined(separator: " "))")
    defer { withExtendedLifetime(lock) { files.clear() } }
    try make(build, program, files)
    try files.finish(digest)
  }

  private func make(
    _ build: AdapterManifest.Build, _ program: String, _ files: BuildFiles
  ) throws(HarnessError) {
    files.clear()
    files.forget()
    let aside = files.asideCommand(build.command)
    if aside != nil {
      try files.makeFolder(files.asideFolder)
    } else {
      // The command does not say where its output goes. At least it writes a new file: the old one may be running.
      unlink(files.output)
    }
    try carryOut([program] + (aside ?? build.command).dropFirst())
    guard FileManager.default.fileExists(atPath: aside == nil ? files.output : files.aside) else {
      throw HarnessError(
        "The build of \(manifest.name) succeeded but did not produce \(build.output); correct build.output in \(folder)/adapter.yml."
      )
    }
  }

  private func carryOut(_ command: [String]) throws(HarnessError) {
    let result = try Tool.run(command, in: folder, seconds: deadline, environment: environment)
    guard result.isSuccess else {
      let end = result.status.map(\.description) ?? "did not end within \(Int(deadline)) s and was killed"
      throw HarnessError(
        "The build of \(manifest.name) \(end):\n\(result.output)", isTimeOut: result.status == nil)
    }
  }

  /// Everything the program depends on: the inputs' digests and the command.
  private func digest(of build: AdapterManifest.Build) throws(HarnessError) -> String {
    for input in build.inputs where !FileManager.default.isReadableFile(atPath: folder + "/" + input) {
      throw HarnessError("\(folder)/adapter.yml: the build input \(input) does not exist; correct build.inputs.")
    }
    guard let program = ProgramPath.resolve("sha256sum", in: folder) ?? ProgramPath.resolve("shasum", in: folder) else {
      throw HarnessError("Neither sha256sum nor shasum is on PATH; install the package coreutils.")
    }
    let result = try Tool.run(
      [program, "--"] + build.inputs, in: folder, seconds: 60, environment: environment)
    guard result.isSuccess else { throw HarnessError("Cannot digest the inputs of \(manifest.name): \(result.output)") }
    return build.command.joined(separator: " ") + "\n" + result.output
  }
}
