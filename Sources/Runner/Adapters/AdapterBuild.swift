package import Cases
import Foundation

/// Builds an adapter's program, unless it exists already and its inputs have not changed.
package struct AdapterBuild {
  package let manifest: AdapterManifest
  package let folder: String
  /// The build's timeout in seconds.
  package var deadline: Double = 600

  package init(manifest: AdapterManifest, folder: String, deadline: Double = 600) {
    self.manifest = manifest
    self.folder = folder
    self.deadline = deadline
  }

  /// Builds the program if it is out of date.
  ///
  /// - Parameter progress: called with a message when a build starts; not called if the program is up to date.
  /// - Throws: ``HarnessError`` with the end of the compiler's output.
  package func run(progress: (String) -> Void) throws(HarnessError) {
    guard let build = manifest.build else { return }
    let digest = try digest(of: build)
    let output = folder + "/" + build.output
    let stamp = output + ".inputs"
    if FileManager.default.fileExists(atPath: output),
      (try? String(contentsOfFile: stamp, encoding: .utf8)) == digest
    {
      return
    }
    guard let program = ProgramPath.resolve(build.command[0], in: folder) else {
      throw HarnessError(
        "\(folder)/adapter.yml: the build command's program \"\(build.command[0])\" was not found; list it under needs, or correct it."
      )
    }
    progress("building \(manifest.name): \(build.command.joined(separator: " "))")
    do {
      try FileManager.default.createDirectory(
        atPath: (output as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    } catch {
      throw HarnessError("Cannot create the folder of \(output): \(error.localizedDescription)")
    }
    try? FileManager.default.removeItem(atPath: stamp)
    let result = try Tool.run([program] + build.command.dropFirst(), in: folder, seconds: deadline)
    guard result.isSuccess else {
      let end = result.status.map(\.description) ?? "did not end within \(Int(deadline)) s and was killed"
      throw HarnessError(
        "The build of \(manifest.name) \(end):\n\(result.output)", isTimeOut: result.status == nil)
    }
    guard FileManager.default.fileExists(atPath: output) else {
      throw HarnessError(
        "The build of \(manifest.name) succeeded but did not produce \(build.output); correct build.output in \(folder)/adapter.yml."
      )
    }
    do {
      try digest.write(toFile: stamp, atomically: true, encoding: .utf8)
    } catch {
      throw HarnessError("Cannot write \(stamp): \(error.localizedDescription)")
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
    let result = try Tool.run([program, "--"] + build.inputs, in: folder, seconds: 60)
    guard result.isSuccess else { throw HarnessError("Cannot digest the inputs of \(manifest.name): \(result.output)") }
    return build.command.joined(separator: " ") + "\n" + result.output
  }
}
