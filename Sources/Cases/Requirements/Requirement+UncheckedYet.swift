extension Requirement {
  /// Why nothing checks the rule yet, although a runner could; nil for those that are checked, or cannot be.
  ///
  /// A test sees to it that the list only ever gets shorter.
  package var uncheckedYet: String? { Self.unchecked[self] }

  private static let unchecked: [Requirement: String] = [
    .replyEncodingUpperCase: "a reply is read in either case, and its bytes are not looked at",
    .languageWord: "no rung looks at the word",
    .endKeepsFiles: "the rung of the end makes no slot and receives no file",
    .deniedKind: "root, as which the tests run, is denied nothing",
    .internalKind: "an endpoint would have to be started with few descriptors",
    .datagramNoEnd: "a receive would have to be seen to wait",
    .datagramBuffer: "no scenario on unix-datagram looks at memory",
    .inheritedOtherKind: "the rungs pass no descriptor of another kind on",
    .slotRestKept: "no scenario makes a longer slot's file",
    .cellCutShort: "no scenario cuts a file that is mapped",
    .memoryCutShort: "no scenario cuts an object that is mapped",
    .memoryDescriptor: "the rungs pass no shared memory on",
    .memoryLockHeld: "nobody but the notes' programs makes a semaphore, and they do not look",
    .memoryLockGivenBack: "nobody makes a semaphore and looks at it afterwards",
    .memoryLockTimeout: "it costs five seconds",
    .authkeyDeclared: "only those that lack authkey could be asked, and the rung of undeclared names does not",
    .authkeyPlainChallenge: "only the notes' programs with Python before 3.12 send one",
    .authkeySilent: "it costs five seconds",
    .authkeyTooLarge: "the other side would have to send what no endpoint sends",
    .queueName: "every link names its queue",
    .queueNotBytes: "no scenario puts anything but bytes and asks for bytes",
    .queueServerGone: "no scenario resets the server before the client",
    .callException: "no conversation calls a method that raises",
    .spawnSemaphoreMissing: "no conversation names a semaphore that is not there",
    .spawnTimeout: "it costs five seconds",
    .spawnLockGivenBack: "nobody looks at the semaphore afterwards",
    .spawnSlotGivenBack: "nobody looks at the semaphore afterwards",
    .spawnReadersGone: "no conversation ends its program before the peer sends",
    .pingContent: "the tap is not in the rung's link",
  ]
}
