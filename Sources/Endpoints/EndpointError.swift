public import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What went wrong at an endpoint: a kind that is the same in every language, and a sentence for people.
public struct EndpointError: Error, Equatable, Sendable {
  /// The kind, as `interop/PROTOCOL.md`, section 5, defines it.
  public var kind: ErrorKind
  /// What happened, to what, and what to do about it.
  public var message: String

  /// Makes an error.
  public init(_ kind: ErrorKind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// Reports a framing's error.
  public init(_ error: FramingError) {
    self.init(error.kind, error.description)
  }

  /// Reports a codec's error.
  public init(_ error: CodecError) {
    self.init(error.kind, error.message)
  }

  /// Reports a system call's error.
  ///
  /// This is the one place where an errno becomes a kind.
  ///
  /// - Parameters:
  ///   - code: the errno.
  ///   - activity: what was being done, such as "connecting to /run/app.sock".
  public init(errno code: Int32, during activity: String) {
    let (kind, cure) = Self.meaning(of: code)
    let reason = String(cString: strerror(code))
    self.init(kind, "\(reason) while \(activity)\(cure.isEmpty ? "." : "; \(cure).")")
  }

  private static func meaning(of code: Int32) -> (ErrorKind, String) {
    switch code {
    case EPIPE: (.closed, "the peer is gone")
    case ECONNRESET: (.reset, "the peer went away without reading everything")
    case ECONNREFUSED, EPROTOTYPE: (.refused, "start the listener first")
    case ENOENT, ENOTDIR: (.missing, "check the path, and that its maker has run")
    case EBADF: (.missing, "the descriptor must be open and inherited")
    case EADDRINUSE, EEXIST: (.exists, "choose another address or stop its owner")
    case EACCES, EPERM, EROFS: (.denied, "connecting and opening need write permission on the path")
    case ETIMEDOUT, EAGAIN, EINPROGRESS: (.timeout, "the peer has not done its part in time")
    case EMSGSIZE: (.tooLarge, "send smaller messages or use a stream transport")
    case EAFNOSUPPORT, EPROTONOSUPPORT, EOPNOTSUPP: (.unsupported, "this system does not have it")
    case ENOTSOCK: (.unsupported, "only a socket has two directions to end one by one")
    case ENAMETOOLONG: (.usage, "choose a shorter path")
    case EISDIR: (.usage, "the path is a directory")
    case EMFILE, ENFILE: (.internal, "close some descriptors or raise the limit (ulimit -n)")
    default: (.internal, "")
    }
  }
}

extension EndpointError: CustomStringConvertible {
  /// The kind and the sentence.
  public var description: String { "\(kind.rawValue): \(message)" }
}
