import Foundation
import Testing

@Suite("The endpoint program's lines")
struct CommandLineTests {
  private let program: EndpointProgram

  init() throws { program = try EndpointProgram() }

  @Test("A line with a carriage return or a blank too many is usage, and is not obeyed")
  func blanks() throws {
    try program.openPair()
    let close = "close channel=a"
    for line in ["\(close)\r", "\(close) ", " \(close)", close.replacing(" ", with: "  "), "\(close)\t"] {
      #expect(try program.kind(line) == "usage", "\(line.debugDescription)")
    }
    #expect(try program.ask(close) == "ok")
  }

  @Test("A plus sign is a plus sign, encoded or not", arguments: ["+", "%2B", "%2b"])
  func plus(sign: String) throws {
    #expect(try program.open("c", "unix", "listen", "one\(sign)two") == "ok")
    #expect(exists(program.folder.entry("one+two")))
  }

  @Test("What is written in hexadecimal is lower case, two digits a byte")
  func hexadecimal() throws {
    try program.openPair()
    for digits in ["AB", "aB", "abc", "0x61", "6%20"] {
      #expect(try program.kind("send channel=b payload=\(digits)") == "usage", "\(digits)")
    }
    for value in ["bytes:AB", "text:C3A9", "f64:3FF0000000000000", "bytes:a"] {
      #expect(try program.kind("send channel=b codec=pickle value=\(value)") == "usage", "\(value)")
    }
    #expect(try program.open("c", "unix", "listen", framing: "multiprocessing", options: " authkey=AB") == "usage")
    #expect(try program.ask("send channel=b payload=ab") == "ok")
    #expect(try program.ask("receive channel=a") == "ok payload=ab")
  }

  @Test("A value that is not UTF-8 is usage: repaired it would name another file")
  func notUTF8() throws {
    #expect(try program.open("c", "unix", "listen", "x%FF") == "usage")
    #expect(try program.open("c", "file-slot", "write", "x%FF") == "usage")
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path) == [])
  }

  @Test("A number is digits, without a sign or zeros in front")
  func numbers() throws {
    for limit in ["+5", "-5", "5.", "", "0", "05", "00000000005", "2147483648", "%205", "5000000000000000000000"] {
      #expect(try program.open("c", "unix", "listen", options: " limit=\(limit)") == "usage", "\(limit)")
    }
    #expect(try program.kind("open channel=c transport=pipe role=read address=+3 framing=line") == "usage")
    #expect(try program.kind("open channel=c transport=tcp role=listen address=127.0.0.1:+0 framing=line") == "usage")
  }

  @Test("The reply fits a line, however much of the command it quotes")
  func longQuotation() throws {
    let longest = 262_144
    let word = String(repeating: "a", count: longest)
    let foreign = String(repeating: "%C3%A9", count: 43_688)
    let bytes = String(repeating: "%01", count: 80_000)
    let commands = [
      word, String("close channel=\(word)".prefix(longest)), "layout record=\(foreign)",
      "open channel=c transport=unix role=connect address=/\(bytes) framing=line",
      "open channel=c transport=fifo role=read address=/\(bytes) framing=line",
      "open channel=c transport=tcp role=listen address=\(bytes) framing=line",
    ]
    for command in commands {
      let reply = try program.ask(command)
      #expect(reply.utf8.count <= longest, "\(command.prefix(20))")
      #expect(reply.hasPrefix("error kind="))
    }
    #expect(try program.ask("reset") == "ok")
  }
}
