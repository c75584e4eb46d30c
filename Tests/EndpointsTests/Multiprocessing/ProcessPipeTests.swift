import Endpoints
import Foundation
import Testing
import WireFormats

@Suite("Pipes to a child that inherits an end")
struct ProcessPipeTests {
  @Test("Swift is the parent of a Python", arguments: Python.all, ProcessPipe.Direction.allCases)
  func parent(python: Python, direction: ProcessPipe.Direction) throws {
    let deadline = Deadline.after(ChildProgram.patience)
    var pipe = try ProcessPipe(direction)
    let child = try python.run("pipe_child.py", ["3", "\(direction)"], inheriting: [pipe.childNumber])
    pipe.closeChildEnd()
    #expect(pipe.childNumber == -1)
    if direction != .receiving {
      try pipe.connection.send(sample)
      try pipe.connection.sendBytes([1, 2, 3])
      #expect(try child.line() == "True")
      #expect(try child.line() == "3")
    }
    if direction != .sending {
      #expect(try pipe.connection.receive(until: deadline) == sample)
      #expect(try pipe.connection.receiveBytes(until: deadline)?.count == 1_000_000)
    }
    if direction == .receiving {
      #expect(try pipe.connection.receive(until: deadline) == nil)
    } else {
      // The end is noticed: the child has no copy of ours.
      _ = consume pipe
      #expect(try child.line() == "end")
    }
    #expect(child.wait() == 0, "\(child.log)")
  }

  @Test("Swift is the child of a Python", arguments: Python.all, ProcessPipe.Direction.allCases)
  func child(python: Python, direction: ProcessPipe.Direction) throws {
    let parent = try python.run("pipe_parent.py", ["\(direction)", Here.endpoint])
    #expect(try parent.line() == "ok")
    if direction != .receiving {
      let reply = try parent.line()
      #expect(reply.hasPrefix("ok value="), "\(reply)")
      #expect(try Value(tokens: String(reply.dropFirst("ok value=".count))) == sample)
      #expect(try parent.line() == "ok payload=6279746573")
    }
    if direction != .sending {
      #expect(try parent.line() == "ok")
      #expect(try parent.line() == "True")
    }
    if direction != .receiving { #expect(try parent.line() == "ok end=true") }
    #expect(try parent.line() == "0")
    #expect(parent.wait() == 0, "\(parent.log)")
  }

  @Test("The wrong end says so")
  func wrongEnd() throws {
    var sending = try ProcessPipe(.sending)
    #expect(kind { _ = try sending.connection.receiveBytes() } == .usage)
    var receiving = try ProcessPipe(.receiving)
    #expect(kind { try receiving.connection.sendBytes([1]) } == .usage)
  }

  @Test("Only the child's end can be inherited, and only when that is wanted")
  func inheritance() throws {
    var pipe = try ProcessPipe(.duplex)
    #expect(fcntl(pipe.childNumber, F_GETFD) & FD_CLOEXEC != 0)
    try pipe.allowInheritance()
    #expect(fcntl(pipe.childNumber, F_GETFD) & FD_CLOEXEC == 0)
    pipe.closeChildEnd()
    #expect(kind { try pipe.allowInheritance() } == .missing)
    #expect(kind { _ = try MultiprocessingConnection(inherited: 2) } == .usage)
  }

  @Test("The child's going is the end, and then nobody can be sent to")
  func childGone() throws {
    var pipe = try ProcessPipe(.duplex)
    pipe.closeChildEnd()
    #expect(try pipe.connection.receiveBytes() == nil)
    #expect(kind { try pipe.connection.sendBytes([1]) } == .closed)
  }
}
