extension Requirement {
  /// Rules of the page multiprocessing.
  static let multiprocessingCures: [Requirement: String] = [
    .authkeyForm: "Read authkey as lower-case hex, and refuse an empty one with kind=usage.",
    .authkeyDeclared: "List authkey in features once open takes it, and refuse the key with kind=unsupported before.",
    .authkeyAnswerAfterwards: "Run the handshake before you answer open or accept.",
    .authkeyOrder:
      "Send the challenge first on the accepting side, wait for its verdict, and then answer the other side's challenge.",
    .authkeyPlainChallenge:
      "Answer a challenge of 20 bytes with its HMAC-MD5 alone, even if the bytes look like a name in braces.",
    .authkeyNamedChallenge:
      "Compute the HMAC over the whole challenge, its {NAME} included, and put {NAME} in front of the answer.",
    .authkeyWrong: "Compare the whole digest, send #FAILURE#, close the connection and answer kind=authentication.",
    .authkeyBroken: "Turn an end, a reset and any other message during the handshake into kind=authentication.",
    .authkeySilent: "Set a deadline of 5 s for the handshake, and answer kind=timeout after it.",
    .authkeyTooLarge: "Set the limit to 256 bytes during the handshake.",
    .queueNeedsKey: "Refuse manager-queue without authkey with kind=usage.",
    .queueName: "Ask the manager for get_queue, or for the name in queue=.",
    .queuePortZero: "Refuse port 0 with kind=usage on manager-queue, also for role=listen.",
    .queueServed: "Start the server, and answer open when it accepts connections.",
    .queueNoAccept: "Refuse accept with kind=usage on a manager-queue.",
    .queuePut: "Call put of the shared queue with the object.",
    .queueGet: "Call get of the shared queue, and wait as long as it waits.",
    .queueEmpty: "Call get with the time in seconds, and turn the exception Empty into ok empty=true.",
    .queueTimeoutRange: "Read timeout as digits only, and refuse what is not 0 to 86400000 with kind=usage.",
    .timeoutElsewhere: "Refuse timeout with kind=usage on a channel that is no manager-queue.",
    .queueBytes: "Put the bytes of the message into the queue as a bytes object, not as text.",
    .queueValue: "Put the value itself into the queue with codec=pickle, not its pickle as bytes.",
    .queueNotBytes: "Look at the type of the object without a codec, and answer kind=malformed if it is no bytes.",
    .queueServerGone:
      "Turn an end of the connection, a reset and a refused connection to the server into kind=closed.",
    .callResult: "Call the method by its name, and write what it returns as a value.",
    .callArguments: "Read value as a tuple of the arguments, and call without arguments if it is not there.",
    .callException: "Turn an exception of the shared object into kind=internal, with its name in message=.",
    .callElsewhere: "Refuse call with kind=usage on any channel that is no client of a manager-queue.",
    .spawnNeedsLock: "Refuse spawn-queue without lock with kind=usage.",
    .spawnSendOrder: "Take a slot first and the lock second, then write the whole frame.",
    .spawnReceiveOrder: "Take the lock, read exactly one frame without a buffer, give the lock back and then a slot.",
    .spawnSemaphoreMissing: "Open the semaphores without making them, and turn ENOENT into kind=missing.",
    .spawnTimeout: "Wait for each semaphore with a deadline of 5 s, and answer kind=timeout after it.",
    .spawnLockGivenBack: "Give the lock back in a block that runs in any case, such as finally or defer.",
    .spawnSlotGivenBack: "Give the slot back when the message was not written.",
    .spawnEnd: "When a read gives nothing and no byte of a frame has come, answer ok end=true.",
    .spawnReadersGone: "Turn EPIPE from writing into kind=closed, and give lock and slot back.",
  ]
}
