import AdapterProtocol

extension Finding {
  /// What the author of the blamed program can do, in a sentence; nil where nothing general can be said.
  package func advice(on channel: Channel?) -> String? {
    switch self {
    case .badLine(_, let fault, _), .noHello(_, .badLine(let fault, _), _): fault.advice
    case .noHello(_, .ended, _):
      "See what it says on standard error; start the run command of adapter.yml by hand, and type hello."
    case .noHello(_, .notADeclaration(let error, _), _):
      if case .otherVersion = error.reason {
        "Answer protocol=1: that is the version of the protocol, not of your adapter."
      } else {
        requirement(on: channel)?.cure
      }
    case .noHello(_, .silent(let partial, _), _):
      partial.isEmpty ? Requirement.flushedReply.cure : Requirement.replyLineFeed.cure
    case .stopped:
      "Find out what stopped it: SIGSTOP, a debugger, or a program that reads the terminal in the background."
    case .surplusBytes: "Write nothing to a channel but the messages that send is given, each once."
    default: requirement(on: channel)?.cure
    }
  }
}

extension LineFault {
  /// What to do about it.
  package var advice: String {
    switch self {
    case .byteOrderMark:
      "The bytes ef bb bf are a byte order mark, which some runtimes write by themselves: choose UTF-8 without it, or ASCII, for standard output."
    case .otherEncoding:
      "The bytes look like UTF-16 or binary: set standard output's encoding to ASCII or UTF-8."
    case .banner: "The reply came after it: print what is no reply to standard error, or not at all."
    default: requirement.cure
    }
  }
}
