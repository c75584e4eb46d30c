extension Requirement {
  /// Rules of sections 2 and 3: `open` and addresses.
  static let openingCures: [Requirement: String] = [
    .channelName: "Check the name against [a-z0-9]{1,16}, anchored at both ends, and refuse another with kind=usage.",
    .channelOpenAlready:
      "Look the name up among the open channels before anything is opened, and refuse it with kind=usage.",
    .roleOfTransport: "Check the role against the two of the transport, and refuse another with kind=unsupported.",
    .limitRange: "Read limit as digits only, and refuse what is not 1 to 2147483647 with kind=usage.",
    .defaultLimit: "Give a channel without limit= the limit 67108864.",
    .optionOfAnotherTransport:
      "Keep a list of the options of each transport, and refuse any other key of open with kind=usage.",
    .openReplyWhenReady: "Bind and listen before you answer open, and wait for the peer in accept only.",
    .chosenAddress: "Ask the socket for its address after binding, and put it into the reply when the port was 0.",
    .emptyAddress: "Refuse an empty address with kind=usage before you call the system, which might choose one.",
    .pathTooLong:
      "Compare the path's length in bytes with 107 before the socket is bound or connected: many libraries cut it.",
    .staleFile:
      "If binding says that the address is in use, find out whether the file is stale; if so, remove it and bind again.",
    .listenTaken: "Remove a socket file only if nobody holds it; otherwise leave it and answer kind=exists.",
    .listenOnOtherFile:
      "Look with lstat before you remove anything: remove only sockets, and answer kind=exists for the rest.",
    .quietProbe:
      "Probe with a datagram socket, whatever the listener's type: connect it to the file, look at the error, and close it.",
    .inUseUnlessRefused:
      "Treat the file as stale only on ECONNREFUSED; after any other answer leave it and answer kind=exists.",
    .connectMissing:
      "Turn ENOENT from connect into kind=missing: some libraries hide the errno in a general exception.",
    .connectRefused: "Turn ECONNREFUSED from connect into kind=refused, at once and without another try.",
    .fifoMissing: "Never make the FIFO: the runner does; ENOENT is kind=missing.",
    .notAFifo: "Look with stat before you open, and refuse a path that is no FIFO with kind=usage.",
    .fifoOneDirection: "Open a FIFO with O_RDONLY or O_WRONLY, and let open wait for the other end.",
    .tcpLoopbackOnly: "Accept only the host 127.0.0.1, as text, and refuse any other with kind=usage.",
    .tcpConnectPortZero: "Refuse port 0 with kind=usage when role=connect, before you call the system.",
  ]
}
