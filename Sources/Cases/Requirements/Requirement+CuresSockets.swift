extension Requirement {
  /// Rules of the page sockets.
  static let socketCures: [Requirement: String] = [
    .abstractExactName:
      "Give bind and connect the length of the family, one NUL and the name, not that of the whole structure.",
    .abstractEmptyName: "Refuse @ alone with kind=usage before you call the system.",
    .abstractNameTooLong: "Compare the name's length in bytes with 107 before the socket is bound or connected.",
    .onePacketAMessage: "Send each message with one call, and take what one call receives for one message.",
    .emptyPacket: "Refuse an empty message with kind=malformed before you call the system.",
    .packetTooLarge: "Turn EMSGSIZE into kind=too-large, and do not send the message in pieces.",
    .packetAboveLimit:
      "Ask for the packet's length with MSG_PEEK and MSG_TRUNC, and compare it with limit= before you receive it.",
    .datagramListen:
      "Bind a datagram socket, with the same checks of the path as for a stream socket, and answer at once.",
    .datagramNoAccept: "Refuse accept with kind=usage on a channel of unix-datagram.",
    .datagramConnect: "Connect the datagram socket in open: ENOENT is kind=missing, ECONNREFUSED is kind=refused.",
    .datagramOtherType: "Turn EPROTOTYPE from connect into kind=refused.",
    .datagramDirection: "Refuse send with role=listen, and receive with role=connect, with kind=usage.",
    .oneDatagramASend: "Send each message with one call, and let it wait while the queue of the receiver is full.",
    .emptyDatagram:
      "Send a datagram of no bytes for an empty message, and take one that comes for a message, not for the end.",
    .datagramNoEnd: "Do not take a datagram of no bytes, or a sender that is gone, for the end: there is none.",
    .datagramTooLarge: "Turn EMSGSIZE into kind=too-large, and do not send the message in pieces.",
    .datagramAboveLimit:
      "Ask for the datagram's length with MSG_PEEK and MSG_TRUNC before you receive it, and answer kind=too-large above limit=.",
    .nextDatagram:
      "Take a datagram that is too large out of the queue before you answer, so that the next one comes next.",
    .datagramBuffer:
      "Make the buffer as long as the datagram, whose length you have asked for, not as long as limit=.",
    .datagramReceiverGone: "Turn ECONNREFUSED from send into kind=refused, and do not connect again.",
    .datagramNoLoops: "Refuse echo and ping with kind=usage where a channel does not go both ways.",
    .dotnetPipePath: "Put the folder TMPDIR, or /tmp, a slash and CoreFxPipe_ in front of the name.",
    .dotnetPipeAbsolutePath: "Use a name that starts with a slash as the path itself.",
    .dotnetPipeName: "Refuse a relative name with a slash, and anonymous, with kind=usage.",
    .socketpairBothWays: "Let both roles send and receive on a socketpair.",
    .inheritedIsOwned: "Close the inherited descriptor with the channel, and set close-on-exec on it in open.",
    .inheritedMissing: "Ask with fcntl whether the descriptor is open, and answer kind=missing if it is not.",
    .standardStreams: "Refuse the numbers 0, 1 and 2 with kind=usage: they are the endpoint's own.",
    .inheritedOtherKind:
      "Look with fstat what the descriptor is, and refuse another kind, or the wrong end of a pipe, with kind=usage.",
    .descriptorTooLarge:
      "Read a descriptor's number as 32 bits with a sign, and refuse what does not fit with kind=usage.",
  ]
}
