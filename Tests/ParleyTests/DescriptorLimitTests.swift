import Foundation
import Testing

/// A run works with few descriptors, or says at once how many it needs.
@Suite struct DescriptorLimitTests {
  /// Cases of which each job wants hundreds of descriptors.
  private static let cases =
    ["--adapters", "swift,python", "messages/pipe+*/*/greeting", "messages/socketpair+*/*/greeting"]
    + ["messages/unix+*/*/greeting", "messages/unix-datagram+*/*/greeting"]

  private static func limited(_ limit: String) -> [String] {
    ["/bin/sh", "-c", "ulimit \(limit); exec \"$0\" \"$@\""]
  }

  @Test func smallHardLimitMeansFewerJobs() throws {
    let ended = try Parley.run(["run", "--jobs", "16"] + Self.cases, through: Self.limited("-n 256"))
    #expect(ended.status == 0, "\(ended.output)")
    let remark = /parley: \d jobs? instead of 16: the limit of open files is 256\. Raise it/
    #expect(ended.errors.contains(remark), "\(ended.errors)")
  }

  @Test func softLimitIsRaised() throws {
    let ended = try Parley.run(["run", "--jobs", "4"] + Self.cases, through: Self.limited("-Sn 64"))
    #expect(ended.status == 0 && ended.errors == "", "\(ended.output)")
  }

  @Test func tooSmallALimitIsSaidBeforeTheFirstCase() throws {
    let ended = try Parley.run(["run"] + Self.cases, through: Self.limited("-n 60"))
    #expect(ended.status == 3 && ended.output == "")
    let match = try #require(
      ended.errors.wholeMatch(
        of: /parley: The limit of open files is 60, and a run needs at least (\d+)\. Raise it with ulimit -n\.\n/))
    // Exactly that is enough.
    let enough = try Parley.run(["run", "--jobs", "1"] + Self.cases, through: Self.limited("-n \(match.1)"))
    #expect(enough.status == 0, "\(enough.output)\(enough.errors)")
  }

  @Test func endpointsGetTheirOldLimitBack() throws {
    let folder = try TemporaryFolder()
    try "name: x\ntitle: X\nrun: [./start]\n".write(
      toFile: "\(folder.path)/adapter.yml", atomically: true, encoding: .utf8)
    try "#!/bin/sh\nulimit -Sn >limit\nexec python3 -E -S \(Parley.repository)/interop/python/endpoint.py\n".write(
      toFile: "\(folder.path)/start", atomically: true, encoding: .utf8)
    chmod("\(folder.path)/start", 0o755)
    let ended = try Parley.run(
      ["run", "--adapters", "x", "--adapter", folder.path, "messages/unix+line/*/greeting"],
      through: Self.limited("-Sn 233"))
    #expect(ended.status == 0)
    #expect(try folder.text("limit") == "233\n")
  }
}
