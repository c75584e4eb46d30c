import Foundation
import Testing

/// That a tap changes nothing, whatever the two programs do.
@Suite struct TapRelayTests {
  private let folder: TemporaryFolder
  private let server: TestSocket

  init() throws {
    folder = try TemporaryFolder()
    server = try TestSocket.listening(at: "\(folder.path)/back")
  }

  private func tap(_ arguments: [String] = []) throws -> TapRun {
    try TapRun(before: "\(folder.path)/back", arguments, in: folder)
  }

  @Test func bytesPassUnchangedAndAHalfCloseLeavesTheOtherDirectionOpen() throws {
    let tap = try tap()
    let client = try TestSocket.connected(to: tap.front)
    let peer = try server.accept()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let sender = Thread {
      try? client.send(bytes)
      client.halfClose()
    }
    sender.start()
    #expect(try peer.receiveToEnd() == bytes)
    try peer.send("still here")
    #expect(try client.receive(exactly: 10) == Array("still here".utf8))
    peer.close()
    #expect(try client.receive().isEmpty)
    client.close()
    let ended = try tap.stopped()
    #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
    #expect(ended.output.contains("closed; → "), "\(ended.output)")
  }

  @Test func aSenderFeelsThatTheReceiverDoesNotRead() throws {
    let tap = try tap()
    let client = try TestSocket.connected(to: tap.front)
    let peer = try server.accept()
    var sent = 0
    let piece = [UInt8](repeating: 0x61, count: 65536)
    _ = fcntl(client.number, F_SETFL, O_NONBLOCK)
    // Until nothing more is taken for as long as a poll waits.
    while true {
      var entry = pollfd(fd: client.number, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, 300) > 0 else { break }
      let count = send(client.number, piece, piece.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { continue }
      sent += count
      try #require(sent < 64 << 20, "the tap takes everything")
    }
    client.close()
    #expect(try peer.receiveToEnd().count == sent)
    _ = try tap.stopped()
  }

  @Test func aThousandConnectionsAtOnce() throws {
    let tap = try tap(["--json"])
    var pairs: [(TestSocket, TestSocket)] = []
    for index in 0..<1000 {
      let client = try TestSocket.connected(to: tap.front)
      try client.send("\(index)\n")
      let peer = try server.accept()
      #expect(try peer.receive() == Array("\(index)\n".utf8))
      pairs.append((client, peer))
    }
    for (index, (client, peer)) in pairs.enumerated() {
      try peer.send("back \(index)\n")
      #expect(try client.receive() == Array("back \(index)\n".utf8))
      client.close()
      #expect(try peer.receive().isEmpty)
      peer.close()
    }
    let ended = try tap.stopped()
    #expect(ended.lines.count { $0.contains("\"event\":\"message\"") } == 2000)
    #expect(ended.lines.count { $0.contains("\"event\":\"closed\"") } == 1000)
  }

  @Test func whenTheClientIsKilledTheServerSeesTheEndAndTheNextOneIsServed() throws {
    let tap = try tap()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import socket,sys,time; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b'hi\\n'); time.sleep(60)",
      tap.front,
    ]
    try process.run()
    let peer = try server.accept()
    #expect(try peer.receive() == Array("hi\n".utf8))
    kill(process.processIdentifier, SIGKILL)
    #expect(try peer.receive().isEmpty)
    peer.close()
    let next = try TestSocket.connected(to: tap.front)
    let served = try server.accept()
    try served.send("welcome\n")
    #expect(try next.receive() == Array("welcome\n".utf8))
    served.close()
    #expect(try next.receive().isEmpty)
    _ = try tap.stopped()
  }

  @Test func aClientWhoseServerIsGoneCannotWriteForEver() throws {
    let tap = try tap()
    let client = try TestSocket.connected(to: tap.front)
    try server.accept().close()
    #expect(try client.receive().isEmpty)
    #expect(send(client.number, "x", 1, Int32(MSG_NOSIGNAL)) < 0 && errno == EPIPE)
    _ = try tap.stopped()
  }

  @Test func aResetOverTCPIsAReset() throws {
    let script = """
      import socket, struct, subprocess, sys
      listener = socket.create_server(("127.0.0.1", 0))
      address = "127.0.0.1:%d" % listener.getsockname()[1]
      tap = subprocess.Popen([*sys.argv[1:], "tap", "--listen", "127.0.0.1:0", "--connect", address], stdout=subprocess.PIPE)
      port = int(tap.stdout.readline().split(b"127.0.0.1:")[1].split()[0])
      client = socket.create_connection(("127.0.0.1", port))
      server = listener.accept()[0]
      client.sendall(b"hello")
      assert server.recv(5) == b"hello"
      client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
      client.close()
      try:
          print("end", server.recv(1))
      except ConnectionResetError:
          print("reset")
      tap.terminate()
      print(tap.wait(), b"the client broke the connection off" in tap.stdout.read())
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, Parley.program]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    #expect(String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "reset\n0 True\n")
    process.waitUntilExit()
  }

  @Test func standardOutputThatIsClosedOrNotReadHoldsNothingUp() throws {
    for (redirection, status) in [("\"$@\" >&-", Int32(0)), ("\"$@\" >/dev/full", 3)] {
      let run = try ParleyRun(
        ["tap", "--listen", "\(folder.path)/front", "--connect", "\(folder.path)/back", "--framing", "line"],
        through: ["/bin/sh", "-c", "exec \(redirection)", "sh"])
      try roundTrips(run)
      run.send(SIGTERM)
      #expect(try run.ended().status == status)
    }
    // The reader of the pipe never reads.
    let run = try ParleyRun(
      ["tap", "--listen", "\(folder.path)/front", "--connect", "\(folder.path)/back", "--framing", "line"],
      through: ["/bin/sh", "-c", "mkfifo \(folder.path)/f; exec \"$@\" 3<>\(folder.path)/f >\(folder.path)/f", "sh"]
    )
    try roundTrips(run)
    run.send(SIGTERM)
    let ended = try run.ended()
    #expect(ended.status == 3 && ended.errors.contains("Standard output took no more"), "\(ended)")
  }

  private func roundTrips(_ run: ParleyRun) throws {
    while !FileManager.default.fileExists(atPath: "\(folder.path)/front") {
      try #require(run.isRunning)
      usleep(1000)
    }
    let client = try TestSocket.connected(to: "\(folder.path)/front")
    let peer = try server.accept()
    let line = [UInt8](repeating: 0x61, count: 199) + [0x0a]
    for _ in 0..<5000 {
      try client.send(line)
      #expect(try peer.receive(exactly: 200) == line)
    }
    client.close()
    #expect(try peer.receive().isEmpty)
    peer.close()
  }

  @Test func openDescriptorsArePassedOnAndSaid() throws {
    let tap = try tap()
    let script = """
      import array, os, socket, sys
      s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
      r, w = os.pipe()
      socket.send_fds(s, [b"take this"], [w])
      os.close(w)
      print(os.read(r, 100).decode(), end="")
      """
    let receiver = """
      import os, socket, sys
      l = socket.socket(fileno=0)
      c, _ = l.accept()
      data, fds, _, _ = socket.recv_fds(c, 100, 4)
      os.write(fds[0], b"through " + data)
      """
    let serving = Process()
    serving.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    serving.arguments = ["python3", "-c", receiver]
    serving.standardInput = FileHandle(fileDescriptor: server.number)
    try serving.run()
    let client = Process()
    client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    client.arguments = ["python3", "-c", script, tap.front]
    let pipe = Pipe()
    client.standardOutput = pipe
    try client.run()
    #expect(String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "through take this")
    serving.waitUntilExit()
    let ended = try tap.stopped()
    #expect(ended.output.contains("1 open descriptor, passed on"), "\(ended.output)")
  }

  @Test func packetsKeepTheirBounds() throws {
    let packets = try TestSocket.listening(at: "\(folder.path)/packets", type: SOCK_SEQPACKET)
    let run = try tap("seqpacket", to: "packets")
    let client = try TestSocket.connected(to: "\(folder.path)/front", type: SOCK_SEQPACKET)
    let peer = try packets.accept()
    for size in [1, 5000, 2, 100_000] { try client.send([UInt8](repeating: 0x62, count: size)) }
    #expect(try (0..<4).map { _ in try peer.receive(200_000).count } == [1, 5000, 2, 100_000])
    client.close()
    #expect(try peer.receive().isEmpty)
    peer.close()
    run.send(SIGTERM)
    let ended = try run.ended()
    #expect(ended.output.contains("→ 4 messages, 105003 bytes"), "\(ended.output)")
  }

  @Test func datagramsPassWithTheirBoundsEmptyOnesToo() throws {
    let receiver = try TestSocket.listening(at: "\(folder.path)/log", type: SOCK_DGRAM)
    let run = try tap("datagram", to: "log")
    let sender = try TestSocket.connected(to: "\(folder.path)/front", type: SOCK_DGRAM)
    for text in ["READY=1", "", "STATUS=up"] {
      #expect(text.withCString { send(sender.number, $0, text.utf8.count, 0) } == text.utf8.count)
    }
    #expect(
      try (0..<3).map { _ in try String(decoding: receiver.receive(), as: UTF8.self) } == ["READY=1", "", "STATUS=up"])
    run.send(SIGINT)
    let ended = try run.ended()
    #expect(ended.status == 0 && ended.output.contains("text \"READY=1\""), "\(ended.output)")
  }

  /// A tap between `front` and another path of the folder, once it is in place.
  private func tap(_ kind: String, to name: String) throws -> ParleyRun {
    let run = try ParleyRun([
      "tap", "--listen", "\(kind):\(folder.path)/front", "--connect", "\(kind):\(folder.path)/\(name)",
    ])
    while !FileManager.default.fileExists(atPath: "\(folder.path)/front") { try #require(run.isRunning) }
    return run
  }
}
