import Foundation
import Testing

@Suite("Which refusal of the endpoint program comes first")
struct RefusalOrderTests {
  private let program: EndpointProgram

  init() throws {
    program = try EndpointProgram()
    try program.openPair(options: " limit=2")
    try #require(try program.open("l", "unix", "listen", "lonely") == "ok")
    try #require(try program.open("w", "file-slot", "write", "slot", options: " limit=2") == "ok")
    try #require(try program.open("r", "file-slot", "read", "slot", options: " limit=2") == "ok")
    try #require(try program.open("d", "unix-datagram", "listen", "datagrams", options: " limit=2") == "ok")
  }

  private func expect(_ kind: String, _ commands: [String]) throws {
    for command in commands { #expect(try program.kind(command) == kind, "\(command)") }
  }

  @Test("A line that breaks the grammar, before all")
  func line() throws {
    let start = "open channel=c transport=nope role=nope"
    try expect(
      "usage",
      [
        "\(start) address=%zz framing=nope", "\(start) address=/x framing=nope framing=nope",
        "\(start) address=/x  framing=nope", "send channel=b codec=nope value=null\r",
      ])
  }

  @Test("The keys and their form, before what this endpoint does not have")
  func keys() throws {
    let start = "open channel=c transport=nope role=nope address=/x"
    try expect(
      "usage",
      [
        "\(start)", "\(start) framing=nope colour=red", "\(start) framing=nope limit=0",
        "\(start) framing=nope limit=x", "\(start.replacing("=c ", with: "=C ")) framing=nope",
        "open channel=c transport=shared-memory role=nope address=/x framing=nope size=x",
        "open channel=c transport=shared-memory role=nope address=/x framing=nope slots=/x",
        "open channel=c transport=unix role=nope address=/x framing=nope authkey=0",
        "open channel=c transport=unix role=nope address=/x framing=nope queue=q",
        "open channel=c transport=manager-queue role=nope address=/x framing=nope",
        "open channel=c transport=spawn-queue role=nope address=/x framing=nope",
        "send channel=b codec=nope", "send channel=b codec=nope value=null payload=00", "send channel=b",
        "send channel=b payload=00 format=i", "send channel=b value=null", "receive channel=b codec=nope file=/x",
        "receive channel=b codec=nope timeout=x",
        "accept channel=l timeout=x", "accept channel=l timeout=86400001", "accept channel=l timeout=-1",
        "receive channel=a timeout=05", "receive channel=b format=i", "close channel=w how=sideways",
        "close channel=w how=", "layout", "layout record=nope colour=red", "ping channel=b count=1",
        "ping channel=b count=1 size=-1", "echo channel=b count=10000001", "call channel=b", "hello colour=red",
      ])
  }

  @Test("The channel's name, before what this endpoint does not have")
  func channel() throws {
    try expect(
      "usage",
      [
        "open channel=b transport=nope role=nope address=/x framing=nope", "receive channel=x codec=nope",
        "send channel=x codec=nope value=null", "close channel=x how=write", "accept channel=x",
      ])
  }

  @Test("What this endpoint does not have, before the address and what the channel cannot do")
  func words() throws {
    try expect(
      "unsupported",
      [
        "open channel=c transport=nope role=nope address= framing=nope",
        "open channel=c transport=nope role=read address=/x framing=none size=5",
        "open channel=c transport=unix role=nope address= framing=line",
        "open channel=c transport=unix role=read address=/x framing=line",
        "open channel=c transport=fifo role=listen address=/x framing=line",
        "open channel=c transport=pipe role=listen address=99 framing=line",
        "open channel=c transport=unix role=listen address= framing=nope",
        "open channel=c transport=unix role=listen address= framing=none",
        "open channel=c transport=unix-datagram role=listen address= framing=line",
        "open channel=c transport=unix-datagram role=read address=/x framing=none",
        "open channel=c transport=unix-abstract role=listen address=x framing=none",
        "receive channel=l codec=nope", "send channel=l codec=nope value=null", "receive channel=w codec=nope",
        "send channel=r codec=nope value=nonsense", "layout record=nope", "close channel=d how=write",
      ])
  }

  @Test("The form of the address, before what the system says")
  func address() throws {
    let long = "/tmp/" + String(repeating: "x", count: 120)
    try expect(
      "usage",
      ["unix", "unix-abstract", "dotnet-pipe", "tcp", "fifo", "pipe", "socketpair"].flatMap { transport in
        let roles = ["fifo", "pipe", "socketpair"].contains(transport) ? ["read", "write"] : ["listen", "connect"]
        return roles.map { "open channel=c transport=\(transport) role=\($0) address= framing=line" }
      })
    try expect(
      "usage",
      [
        "transport=unix-seqpacket role=connect address= framing=none",
        "transport=unix-datagram role=connect address= framing=none",
        "transport=unix-datagram role=listen address= framing=none",
        "transport=unix-datagram role=connect address=\(long) framing=none",
        "transport=file-slot role=write address= framing=none", "transport=file-cell role=write address= framing=none",
        "transport=shared-memory role=read address= framing=none",
        "transport=shared-memory role=read address=word framing=none lock=/mp-none-at-all",
        "transport=shared-memory role=read address=/x size=5 framing=none lock=/mp-none-at-all",
        "transport=spawn-queue role=read address= framing=multiprocessing lock=/mp-none-at-all",
        "transport=manager-queue role=connect address= framing=multiprocessing authkey=00",
        "transport=manager-queue role=listen address=127.0.0.1:0 framing=multiprocessing authkey=00",
        "transport=spawn-queue role=read address=2147483648 framing=multiprocessing lock=/mp-none-at-all",
        "transport=pipe role=read address=2147483648 framing=line", "transport=pipe role=read address=03 framing=line",
        "transport=tcp role=listen address=127.0.0.1:00 framing=line",
        "transport=tcp role=listen address=127.0.0.1:+0 framing=line",
        "transport=dotnet-pipe role=listen address=anonymouS framing=line",
        "transport=unix-abstract role=listen address=@ framing=line",
        "transport=unix-abstract role=connect address=@ framing=line",
        "transport=unix-abstract role=connect address=x framing=line",
        "transport=tcp role=connect address=127.0.0.1:0 framing=line",
        "transport=tcp role=connect address=localhost:1 framing=line",
        "transport=dotnet-pipe role=connect address=Anonymous framing=line",
        "transport=dotnet-pipe role=connect address=a/b framing=line",
        "transport=fifo role=read address=/nowhere%00 framing=line",
        "transport=file-slot role=write address=\(program.folder.entry("cut"))%00x framing=none",
      ].map { "open channel=c \($0)" })
    #expect(!exists(program.folder.entry("cut")))
  }

  @Test("What the channel cannot do, before the message")
  func abilities() throws {
    let nowhere = program.folder.entry("nowhere")
    try expect(
      "usage",
      [
        "send channel=r payload=616161", "send channel=r payload=00", "send channel=r file=\(nowhere)",
        "send channel=r codec=json value=bytes:00", "send channel=d payload=616161",
        "send channel=d file=\(nowhere)", "send channel=l file=\(nowhere)", "send channel=l payload=0a",
        "send channel=l codec=json value=bytes:00", "receive channel=l file=\(nowhere)/x", "receive channel=w",
        "ping channel=w count=1 size=3", "ping channel=l count=1 size=100000000", "echo channel=r count=1",
        "echo channel=d count=1", "accept channel=a timeout=5", "receive channel=l timeout=5",
      ])
  }

  @Test("Of a message: that it is none, then its length, then what it cannot have in it")
  func message() throws {
    try expect("usage", ["send channel=b payload=ABCDEF", "send channel=b codec=json value=nonsense"])
    try expect(
      "too-large",
      [
        "send channel=b payload=610a62", "send channel=w payload=610062", "ping channel=b count=1 size=3",
        "ping channel=b count=1 size=100000000", "send channel=b codec=json value=text:616263",
      ])
    try expect("malformed", ["send channel=b payload=610a", "send channel=w payload=6100"])
  }
}
