import Foundation
import Testing

/// What the harness cannot do is its own trouble, with its own exit status, and nobody else is blamed.
@Suite struct HarnessTroubleTests {
  @Test(arguments: [
    ["run"] + Parley.greetings, ["list", "--adapters", "swift"], ["--help"], ["adapters", "--adapters", "swift"],
  ])
  func fullStandardOutputIsSaid(_ words: [String]) throws {
    let ended = try Parley.run(words, through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" >/dev/full"])
    #expect(ended.status == 3)
    #expect(ended.errors == "parley: Cannot write to standard output: No space left on device.\n", "\(ended.errors)")
  }

  @Test func folderThatIsNotThereIsSaid() throws {
    let ended = try Parley.run(["run"] + Parley.greetings, environment: ["TMPDIR": "/nowhere"])
    #expect(ended.status == 3 && ended.output == "")
    #expect(ended.errors.contains("parley: Cannot create a workspace in /nowhere: No such file or directory."))
  }

  /// As a user whom permissions bind: root may do everything.
  @Test func maskThatForbidsEverythingDoesNotMatter() throws {
    let script = """
      import os, sys
      if os.getuid() == 0:
          os.setgroups([])
          os.setgid(65534)
          os.setuid(65534)
      os.umask(0o777)
      os.execv(sys.argv[1], sys.argv[1:])
      """
    let ended = try Parley.run(
      ["run", "--adapters", "swift,python", "messages/*/swift-python/greeting", "slot/*/swift-python/*"],
      environment: ["TMPDIR": "/tmp"], through: ["/usr/bin/env", "python3", "-c", script])
    #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
  }

  #if os(Linux)
  @Test(.enabled(if: geteuid() == 0))
  func fullDiskBlamesNoAdapter() throws {
    let folder = try TemporaryFolder()
    // A machine may keep even root from mounting.
    guard mount("parley-test", folder.path, "tmpfs", 0, "size=1200k") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    let ended = try Parley.run(
      ["run", "--adapters", "swift,python", "messages/unix+multiprocessing/swift-*/size-1048576"]
        + ["messages/unix+multiprocessing/*/greeting"], environment: ["TMPDIR": folder.path])
    #expect(ended.status == 3, "\(ended.output)")
    #expect(ended.output.contains("There is no room for the files of the case in \(folder.path): No space left"))
    #expect(!ended.output.contains(/blame +(reader|writer|adapter|both)/))
    #expect(ended.errors.contains("parley: The harness could not do its work for "))
    #expect(try ended.balance()["passed"] == 4)
  }
  #endif
}
