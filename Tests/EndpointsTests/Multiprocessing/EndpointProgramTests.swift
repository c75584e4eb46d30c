import Endpoints
import Foundation
import Testing
import WireFormats

/// Swift's endpoint program with keys, codecs and queues, as the adapter protocol has them.
@Suite("The endpoint program with Python's multiprocessing")
struct EndpointProgramTests {
  private let folder: TemporaryFolder
  private let program: ChildProgram
  private let other: ChildProgram

  init() throws {
    folder = try TemporaryFolder()
    program = try ChildProgram([Here.endpoint])
    other = try ChildProgram([Here.endpoint])
  }

  /// The kind of the error with which a command is answered; nil for ok.
  private func kind(_ command: String) throws -> String? {
    let reply = try program.ask(command)
    guard reply.hasPrefix("error kind=") else { return nil }
    return String(reply.dropFirst("error kind=".count).prefix { $0 != " " })
  }

  private func opening(_ role: String, _ more: String, transport: String = "unix") -> String {
    "open channel=c transport=\(transport) role=\(role) address=\(folder.entry("s")) framing=multiprocessing \(more)"
  }

  private var key: String { "authkey=\(secretInHex)" }

  @Test("It declares what it has")
  func hello() throws {
    let reply = try program.ask("hello")
    #expect(reply.contains("codecs=json,pickle,struct,shareable-list,shareable-list-3.8 "))
    #expect(reply.contains("authkey") && reply.contains("call") && reply.contains("manager-queue"))
  }

  @Test("Two of them with a key, and a value")
  func twoWithKey() throws {
    #expect(try program.ask(opening("listen", key)) == "ok")
    try program.tell("accept channel=c")
    #expect(try other.ask(opening("connect", key)) == "ok")
    #expect(try program.line() == "ok")
    #expect(try program.ask("send channel=c codec=pickle value=\(sample.tokens)") == "ok")
    let reply = try other.ask("receive channel=c codec=pickle")
    #expect(try Value(tokens: String(reply.dropFirst("ok value=".count))) == sample)
  }

  @Test("Another key is refused on both sides, and the listener accepts the next")
  func wrongKey() throws {
    #expect(try program.ask(opening("listen", key)) == "ok")
    try program.tell("accept channel=c")
    #expect(try other.ask(opening("connect", "authkey=00")).hasPrefix("error kind=authentication"))
    #expect(try program.line().hasPrefix("error kind=authentication"))
    try program.tell("accept channel=c")
    #expect(try other.ask(opening("connect", key)) == "ok")
    #expect(try program.line() == "ok")
  }

  @Test("Options where they do not belong are mistakes")
  func usage() throws {
    #expect(try kind(opening("listen", "authkey=")) == "usage")
    #expect(try kind(opening("listen", "authkey=0")) == "usage")
    #expect(try kind(opening("listen", "queue=q")) == "usage")
    #expect(try kind(opening("listen", "", transport: "manager-queue")) == "usage")
    #expect(
      try kind("open channel=c transport=unix role=listen address=/tmp/x framing=line authkey=00") == "usage")
    #expect(
      try kind("open channel=c transport=socketpair role=read address=9 framing=multiprocessing authkey=00") == "usage")
    #expect(
      try kind("open channel=c transport=manager-queue role=listen address=/tmp/x framing=line authkey=00")
        == "unsupported")
    #expect(try kind(opening("read", key, transport: "manager-queue")) == "unsupported")
    #expect(try program.ask(opening("listen", key)) == "ok")
    #expect(try kind("receive channel=c timeout=1") == "usage")
    #expect(try kind("send channel=c codec=msgpack value=null") == "unsupported")
    #expect(try kind("receive channel=c codec=msgpack") == "unsupported")
    #expect(try kind("send channel=c codec=pickle value=nonsense") == "usage")
    #expect(try kind("send channel=c codec=pickle") == "usage")
    #expect(try kind("send channel=c codec=pickle value=null payload=00") == "usage")
    #expect(try kind("send channel=c value=null") == "usage")
    #expect(try kind("send channel=c codec=pickle value=null format=i") == "usage")
    #expect(try kind("send channel=c codec=struct value=null") == "usage")
    #expect(try kind("receive channel=c format=i") == "usage")
    #expect(try kind("call channel=c method=qsize") == "usage")
  }

  @Test("A queue of its own and one of another's, both ways")
  func queue() throws {
    let transport = "manager-queue"
    #expect(try program.ask(opening("listen", key, transport: transport)) == "ok")
    #expect(try kind("accept channel=c") == "usage")
    #expect(try kind("close channel=c how=write") == "unsupported")
    #expect(try kind("call channel=c method=qsize") == "usage")
    #expect(try other.ask(opening("connect", key, transport: transport)) == "ok")
    #expect(try program.ask("receive channel=c timeout=0") == "ok empty=true")
    #expect(try other.ask("receive channel=c timeout=20") == "ok empty=true")
    #expect(try other.ask("send channel=c payload=ff00") == "ok")
    #expect(try program.ask("receive channel=c") == "ok payload=ff00")
    #expect(try program.ask("send channel=c codec=pickle value=list:1,int:5") == "ok")
    #expect(try other.ask("call channel=c method=qsize") == "ok value=int:1")
    #expect(try other.ask("receive channel=c").hasPrefix("error kind=malformed"))
    #expect(try program.ask("send channel=c codec=pickle value=list:1,int:5") == "ok")
    #expect(try other.ask("receive channel=c codec=pickle timeout=86400000") == "ok value=list:1,int:5")
    #expect(try other.ask("call channel=c method=put value=tuple:1,int:7") == "ok value=null")
    #expect(try program.ask("receive channel=c codec=pickle") == "ok value=int:7")
    #expect(try other.ask("call channel=c method=get_nowait").hasPrefix("error kind=internal"))
    #expect(try other.ask("call channel=c method=put value=int:7").hasPrefix("error kind=usage"))
    // A server that is gone is closed.
    try other.tell("receive channel=c")
    #expect(try program.ask("close channel=c") == "ok")
    #expect(try other.line().hasPrefix("error kind=closed"))
    #expect(try other.ask("send channel=c payload=00").hasPrefix("error kind=closed"))
    #expect(!exists(folder.entry("s")))
  }

  @Test("An object too long for a reply is kept for another way to receive it")
  func kept() throws {
    #expect(try program.ask(opening("listen", key, transport: "manager-queue")) == "ok")
    let message = [UInt8](repeating: 0x61, count: 200_000)
    let file = try folder.file("message", message)
    #expect(try program.ask("send channel=c file=\(file)") == "ok")
    #expect(try kind("receive channel=c") == "usage")
    #expect(try kind("receive channel=c codec=pickle") == "usage")
    #expect(try program.ask("receive channel=c file=\(folder.entry("out"))") == "ok length=200000")
    #expect(try content(of: folder.entry("out")) == message)
  }

  @Test("Under another name than get_queue, and with Python", arguments: Python.all)
  func named(python: Python) throws {
    #expect(try program.ask(opening("listen", "\(key) queue=get_small_queue", transport: "manager-queue")) == "ok")
    #expect(
      try other.ask(opening("connect", key, transport: "manager-queue")).hasPrefix("error kind=internal"))
    #expect(try other.ask(opening("connect", "\(key) queue=get_small_queue", transport: "manager-queue")) == "ok")
    #expect(try other.ask("send channel=c codec=pickle value=text:61") == "ok")
    #expect(try program.ask("receive channel=c codec=pickle") == "ok value=text:61")

    let server = try python.run("manager_server.py", ["base", folder.entry("p"), secretInHex])
    #expect(try server.line() == "ready")
    let place = "transport=manager-queue role=connect address=\(folder.entry("p")) framing=multiprocessing \(key)"
    #expect(try program.ask("open channel=p \(place)") == "ok")
    #expect(try program.ask("send channel=p codec=pickle value=\(sample.tokens)") == "ok")
    let reply = try program.ask("receive channel=p codec=pickle")
    #expect(try Value(tokens: String(reply.dropFirst("ok value=".count))) == sample)
    #expect(try program.ask("receive channel=p timeout=5") == "ok empty=true")
  }

  #if os(Linux)
  @Test("After a reset nothing is left, whatever went wrong before")
  func reset() throws {
    _ = try program.ask("hello")
    let before = program.holdings
    try #require(before.count == 2)
    #expect(try program.ask(opening("listen", key, transport: "manager-queue")) == "ok")
    #expect(try other.ask(opening("connect", key, transport: "manager-queue")) == "ok")
    #expect(try other.ask("receive channel=c timeout=5") == "ok empty=true")
    let wrong = opening("connect", "authkey=00", transport: "manager-queue").replacing("=c ", with: "=d ")
    #expect(try other.ask(wrong).hasPrefix("error kind=authentication"))
    let silent = try Descriptor.connected(to: .unix(path: folder.entry("s")))
    #expect(program.holdings != before)
    #expect(try program.ask("reset") == "ok")
    #expect(program.holdings == before)
    #expect(!exists(folder.entry("s")))

    // A peer that hangs up in the handshake, and one that sends nonsense in it.
    let listener = try SocketListener(.unix(path: folder.entry("s")))
    for nonsense in [[], [0, 0, 1, 1]] as [[UInt8]] {
      try program.tell(opening("connect", key))
      let peer = try listener.accept()
      try peer.write(nonsense.span)
      _ = consume peer
      #expect(try program.line().hasPrefix("error kind=\(nonsense.isEmpty ? "authentication" : "too-large")"))
    }
    #expect(program.holdings == before)
    _ = silent.number
  }
  #endif
}
