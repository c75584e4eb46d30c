import Endpoints
import Foundation
import Testing
import WireFormats

#if os(Linux)
@Suite("The transports of memory in the endpoint")
struct EndpointMemoryTests {
  private let folder: TemporaryFolder
  private let memory = MemoryName()
  private let endpoint: PeerScript

  init() throws {
    folder = try TemporaryFolder()
    endpoint = try PeerScript(Endpoint.program, [])
  }

  private func ask(_ command: String) throws -> String {
    let reply = try endpoint.ask(command)
    return reply.hasPrefix("error") ? String(reply.split(separator: " ")[1]) : reply
  }

  private func open(_ channel: String, _ transport: String, _ role: String, _ address: String, _ options: String = "")
    throws -> String
  {
    try ask("open channel=\(channel) transport=\(transport) role=\(role) address=\(address) framing=none\(options)")
  }

  private func holdsNothing() throws {
    #expect(try ask("reset") == "ok")
    #expect(try Endpoint.holdings(of: endpoint.process, in: folder.path) == [])
    #expect(memory.all.filter { !$0.hasPrefix("sem.") } == [])
    #expect(try endpoint.end() == 0)
  }

  @Test("Shared memory is made, shared in parts, and gone after reset")
  func sharedMemory() throws {
    let semaphore = try NamedSemaphore(creating: memory.name, value: 1)
    #expect(try open("w", "shared-memory", "write", memory.name, " size=6 lock=\(memory.name)") == "ok")
    #expect(try open("x", "shared-memory", "write", memory.name, " size=6") == "kind=exists")
    #expect(try open("r", "shared-memory", "read", memory.name, " offset=2 lock=\(memory.name)") == "ok")
    #expect(try open("p", "shared-memory", "read", "/dev/shm\(memory.name)", " offset=1 length=2") == "ok")
    #expect(try ask("send channel=w payload=010203") == "ok")
    for _ in 0..<2 { #expect(try ask("receive channel=r") == "ok payload=03000000") }
    #expect(try ask("receive channel=p") == "ok payload=0203")
    #expect(try ask("send channel=w payload=00000000000000") == "kind=too-large")
    #expect(try ask("send channel=r payload=00") == "kind=usage")
    #expect(try ask("receive channel=w") == "kind=usage")
    #expect(try ask("close channel=w how=write") == "kind=unsupported")
    try semaphore.wait(atMost: .zero)
    try semaphore.post()
    try holdsNothing()
  }

  @Test("What is wrong with shared memory is refused")
  func wrongMemory() throws {
    let shared = try SharedMemory(creating: memory.name, size: 8)
    let transport = "shared-memory"
    #expect(try open("a", transport, "read", memory.name, " length=9") == "kind=malformed")
    #expect(try open("a", transport, "read", memory.name, " offset=8") == "kind=malformed")
    #expect(try open("a", transport, "read", memory.name, " length=0") == "kind=usage")
    #expect(try open("a", transport, "read", "\(memory.name)x") == "kind=missing")
    #expect(try open("a", transport, "read", "\(memory.name)x", " size=5") == "kind=usage")
    #expect(try open("a", transport, "write", "/tmp/x/y", " size=5") == "kind=usage")
    #expect(try open("a", transport, "write", "\(memory.name)x", " size=0") == "kind=usage")
    #expect(try open("a", transport, "write", "\(memory.name)x", " size=5 offset=5") == "kind=malformed")
    #expect(try open("a", transport, "write", "\(memory.name)x", " size=5 lock=/mp-none-at-all") == "kind=missing")
    #expect(try open("a", transport, "listen", memory.name) == "kind=unsupported")
    #expect(try open("a", transport, "read", "word") == "kind=usage")
    #expect(try open("a", transport, "read", "2") == "kind=usage")
    #expect(try open("a", transport, "read", "99") == "kind=missing")
    #expect(try open("a", transport, "read", memory.name, " slots=/a") == "kind=usage")
    #expect(try open("a", "file-slot", "read", memory.name, " size=5") == "kind=usage")
    #expect(try open("a", transport, "read", memory.name, " limit=7") == "ok")
    #expect(try ask("receive channel=a") == "kind=too-large")
    try shared.unlink()
    try holdsNothing()
  }

  @Test("Memory and cells that are cut short are truncated, and the endpoint lives on")
  func cutShort() throws {
    let shared = try SharedMemory(creating: memory.name, size: 5000)
    #expect(try open("m", "shared-memory", "read", memory.name) == "ok")
    #expect(try open("c", "file-cell", "write", folder.entry("cell")) == "ok")
    #expect(try open("d", "file-cell", "read", folder.entry("cell")) == "ok")
    #expect(try open("s", "file-slot", "write", folder.entry("slot")) == "ok")
    #expect(try open("t", "file-slot", "read", folder.entry("slot")) == "ok")
    for path in ["/dev/shm\(memory.name)", folder.entry("cell"), folder.entry("slot")] {
      #expect(truncate(path, 0) == 0)
    }
    #expect(try ask("receive channel=m") == "kind=truncated")
    #expect(try ask("send channel=c payload=00") == "kind=truncated")
    #expect(try ask("receive channel=d") == "kind=truncated")
    #expect(try ask("send channel=s payload=61") == "kind=truncated")
    #expect(try ask("receive channel=t") == "kind=truncated")
    try shared.unlink()
    try holdsNothing()
  }

  @Test("A cell carries messages to the end that closing makes")
  func cell() throws {
    let path = folder.entry("cell")
    #expect(try open("r", "file-cell", "read", path) == "kind=missing")
    #expect(try open("w", "file-cell", "write", path) == "ok")
    #expect(try open("r", "file-cell", "read", path, " limit=3") == "ok")
    #expect(try ask("send channel=w payload=") == "ok")
    #expect(try ask("receive channel=r") == "ok payload=")
    #expect(try ask("send channel=w payload=616263") == "ok")
    #expect(try ask("close channel=w") == "ok")
    #expect(try ask("receive channel=r") == "ok payload=616263")
    for _ in 0..<2 { #expect(try ask("receive channel=r") == "ok end=true") }
    #expect(try open("x", "file-cell", "listen", path) == "kind=unsupported")
    #expect(try ask("open channel=x transport=file-cell role=read address=\(path) framing=line") == "kind=unsupported")
    #expect(try open("q", "spawn-queue", "read", path, " lock=/a") == "kind=unsupported")
    #expect(
      try ask("open channel=q transport=spawn-queue role=read address=\(path) framing=multiprocessing") == "kind=usage")
    try holdsNothing()
  }
}
#endif
