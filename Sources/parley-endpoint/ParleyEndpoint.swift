import AdapterProtocol
import Endpoints

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Swift's adapter program: obeys commands on standard input until its end.
@main
struct ParleyEndpoint {
  static func main() {
    Ending.watch()
    var input = LineBuffer()
    let session = Session()
    var isSkipping = false
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(0, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      input.append(chunk[..<count])
      while let line = input.next() {
        // The rest of a line that was too long and has been answered.
        if isSkipping {
          isSkipping = false
          continue
        }
        answer(line.count > Command.longestLine ? Session.lineTooLong : MainThread.obeying { session.obey(line) })
      }
      if input.pending.count > Command.longestLine {
        if !isSkipping { answer(Session.lineTooLong) }
        isSkipping = true
        input.discardPending()
      }
    }
    // Letting go of a manager's queue tells its server, which may not listen.
    MainThread.obeying { session.reset() }
  }

  private static func answer(_ reply: Reply) {
    let bytes = reply.bytes + [0x0a]
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(1, $0.baseAddress.map { $0 + written }, bytes.count - written) }
      if count < 0 && errno == EINTR { continue }
      // The runner does not read replies any more, so it will not send commands either.
      if count < 0 { Leftovers.removeAll { exit(0) } }
      written += count
    }
  }
}
