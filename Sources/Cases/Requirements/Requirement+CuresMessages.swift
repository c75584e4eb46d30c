extension Requirement {
  /// Rules of section 2: `accept`, `send` and `receive`.
  static let messageCures: [Requirement: String] = [
    // A: accepting
    .acceptWaits: "Wait in accept until a peer has connected, then answer ok.",
    .beforeAccept: "Until accept has its peer, refuse send and receive on the channel with kind=usage.",
    .secondAccept: "Remember that the channel has its peer, and refuse another accept with kind=usage.",
    .acceptWithoutListener: "Refuse accept with kind=usage on a channel that was not opened with role=listen.",
    // S: sending
    .sendPayload: "Write until the system has taken every byte: one write may take only a part.",
    .sendFile: "Read the whole file in binary mode, and send it as one message.",
    .messageIsBytes: "A message is bytes: do not decode it as text, and open files and sockets in binary mode.",
    .sendReplyWhenTaken: "Answer send after the last write has returned, with no bytes left in a buffer of your own.",
    .oneSourceOfMessage:
      "Count which of payload, file and codec with value are there, and refuse any other number than one with kind=usage.",
    .sendWrongDirection: "Let the channel remember its role, and refuse send where it only receives with kind=usage.",
    .sendTooLarge: "Compare the message's length with limit= before the first byte is written.",
    .sendMalformed: "Look for what the framing or the transport cannot carry before the first byte is written.",
    .sendNoRegularFile:
      "Open the file with O_NONBLOCK, or look with stat before, and refuse what is no regular file with kind=usage.",
    .sendMissingFile: "Turn ENOENT from opening the file into kind=missing.",
    .sendFileTooLarge: "Ask for the file's size and compare it with limit= before you read.",
    // R: receiving
    .receiveOneMessage:
      "Read until the whole frame is there: one read may give a part of it, or more than one frame; keep what is left.",
    .receivePayload: "Write the bytes of the message in lower-case hex, and payload= alone for an empty one.",
    .receiveFile: "Write the bytes of the message to the file, close it, and answer ok length=N.",
    .receiveFileReplaces: "Open the file with O_CREAT and O_TRUNC, so that nothing of its earlier content stays.",
    .receiveTooLongForLine:
      "Compare the message's length with 131066 before you write the reply, and answer kind=usage above it.",
    .messageKept:
      "Keep the message with the channel when it cannot be answered, and look there first in the next receive.",
    .endOfStream: "When a read gives nothing and no byte of a frame has come, answer ok end=true.",
    .endOfStreamAgain:
      "Remember with the channel that the stream has ended, and do not read again: a FIFO would wait for its next writer.",
    .frameTooLarge:
      "Compare the announced length with limit= as an unsigned number, and answer kind=too-large above it.",
    .noMemoryForTooLarge:
      "Compare the announced length with limit= before a buffer is made, reserved or resized for it.",
    .receiveWrongDirection:
      "Let the channel remember its role, and refuse receive where it only sends with kind=usage.",
    .closableAfterFault:
      "Keep the channel open after a bad frame, so that close and reset find it and close its descriptors.",
    // W: timeouts
    .timeoutAnswer:
      "Wait with poll and the time that is left before each accept and each read, and answer kind=timeout when it is over.",
    .timeoutKeepsChannel:
      "Keep with the channel what has come of the frame, and go on there in the next receive; keep the listener open.",
    .timeoutRange: "Refuse a timeout that is no number from 0 to 86400000 with kind=usage, before you wait.",
    .timeoutWithoutWait: "Take the key timeout, and answer at once as without it where nothing is waited for.",
  ]
}
