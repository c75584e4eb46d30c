extension Requirement {
  /// The rows of the table of transports.
  static let transportCures: [Requirement: String] = [
    .unixTransport: "Use a stream socket of the family AF_UNIX with the path as it is given.",
    .fifoTransport:
      "Open the FIFO for reading with role=read, and for writing with role=write, and mark messages off by the framing.",
    .tcpTransport: "Use a TCP socket at 127.0.0.1 and the given port.",
    .unixAbstractTransport: "Put a NUL in front of the name, and give the system the exact length of the address.",
    .unixSeqpacketTransport: "Use a socket of AF_UNIX and SOCK_SEQPACKET, without a framing.",
    .unixDatagramTransport: "Use a socket of AF_UNIX and SOCK_DGRAM, without a framing and without accept.",
    .dotnetPipeTransport: "Use a stream socket of the family AF_UNIX at the path that .NET makes of the name.",
    .pipeTransport: "Use the inherited descriptor with that number, and read or write it as the role says.",
    .socketpairTransport:
      "Use the inherited descriptor with that number as a connected stream socket, in both directions.",
    .fileSlotTransport: "Map the first 1024 bytes of the file, shared, and follow the rules of the slot.",
    .fileCellTransport:
      "Map the first 4096 bytes of the file, shared and writable on both sides, and follow the rules of the cell.",
    .sharedMemoryTransport: "Map the memory that the address names, shared, and follow the rules of the page.",
    .managerQueueTransport:
      "Serve the queue, or be a client of its server, in the messages of multiprocessing.managers.",
    .spawnQueueTransport: "Open the end of the pipe that the role needs, and the semaphores by their names.",
  ]
}
