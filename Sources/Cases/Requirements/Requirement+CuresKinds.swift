extension Requirement {
  /// The table of error kinds, and the message.
  static let kindCures: [Requirement: String] = [
    .truncatedKind: "When a read gives nothing and a part of a frame has come, answer error kind=truncated.",
    .tooLargeKind: "Answer kind=too-large where a length is above a limit, and for EMSGSIZE.",
    .malformedKind: "Answer kind=malformed for bytes that break the rules of the framing or of the transport.",
    .closedKind: "Ignore SIGPIPE, so that writing to a peer that is gone fails with EPIPE, which is kind=closed.",
    .resetKind: "Turn ECONNRESET into kind=reset: it is neither a clean end nor closed.",
    .refusedKind: "Turn ECONNREFUSED and EPROTOTYPE into kind=refused.",
    .missingKind: "Turn ENOENT, ENOTDIR and EBADF into kind=missing.",
    .existsKind: "Turn EADDRINUSE and EEXIST into kind=exists.",
    .deniedKind: "Turn EACCES, EPERM and EROFS into kind=denied.",
    .authenticationKind: "Answer kind=authentication when the peer does not prove that it has the key.",
    .timeoutKind: "Turn ETIMEDOUT, and the end of a time that this protocol sets, into kind=timeout.",
    .unsupportedKind:
      "Answer kind=unsupported for every word that hello does not list, and for EAFNOSUPPORT, EPROTONOSUPPORT and EOPNOTSUPP.",
    .usageKind: "Answer kind=usage for a command that is wrong in itself, and for ENAMETOOLONG and EISDIR.",
    .internalKind: "Answer kind=internal for any other error, with what the system said in the message.",
    .kindOfTheTable: "Find what happened in the table of section 5, and answer with its kind.",
    .messageForPeople: "Say in message= what happened, to what, and what to do about it.",
  ]
}
