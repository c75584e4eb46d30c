#if os(Linux)
import Foundation
import Testing

/// Another user's process that connects to every port and abstract name changes no outcome.
///
/// In a network of its own, because it would connect to what other tests and programs listen on.
@Suite(.enabled(if: geteuid() == 0, "Only root can start a process of another user and a network of its own."))
struct StrangerTests {
  @Test(arguments: ["closes", "stays"])
  func changesNothing(_ habit: String) throws {
    let ended = try Parley.run(
      ["run", "--adapters", "swift,python", "messages/{tcp,unix-abstract}+*/**", "notes/{tcp,unix-abstract}+*/**"],
      through: ["/usr/bin/env", "unshare", "--net", "python3", "-c", Self.script, habit])
    #expect(ended.status == 0, "\(ended.output.suffix(3000)) \(ended.errors)")
    #expect(ended.output.contains(" failed 0 "))
  }

  /// Starts the stranger, then the program; exits with 99 if the stranger could connect to nothing.
  private static let script = """
    import collections, fcntl, os, signal, socket, struct, subprocess, sys
    lo = socket.socket()
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING

    def addresses():
        for line in open("/proc/net/unix", "rb"):
            if b"@" in line and int(line.split()[3], 16) & 0x10000:
                yield socket.AF_UNIX, b"\\0" + line.rstrip(b"\\n").split(b"@", 1)[1]
        for line in open("/proc/net/tcp"):
            if (fields := line.split())[3] == "0A":
                yield socket.AF_INET, ("127.0.0.1", int(fields[1].split(":")[1], 16))

    def connect_to_everything(report, stays):
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        kept, count, ends = collections.deque(maxlen=200), 0, []
        signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
        while not ends:
            for family, address in addresses():
                visitor = socket.socket(family)
                visitor.setblocking(False)
                count += visitor.connect_ex(address) in (0, 115)
                if stays:
                    kept.append(visitor)
                else:
                    visitor.close()
        os.write(report, b"%d" % count)

    reader, report = os.pipe()
    stranger = os.fork()
    if stranger == 0:
        try:
            connect_to_everything(report, sys.argv[1] == "stays")
        finally:
            os._exit(0)
    os.close(report)
    status = subprocess.run(sys.argv[2:]).returncode
    os.kill(stranger, signal.SIGTERM)
    count = os.read(reader, 20)
    os.waitpid(stranger, 0)
    sys.exit(status if int(count or 0) > 0 else 99)
    """
}
#endif
