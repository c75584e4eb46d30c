extension Requirement {
  /// Rules of the page mapped-memory.
  static let memoryCures: [Requirement: String] = [
    .slotImage: "Write the text at the start of the slot, and NUL bytes up to byte 1024.",
    .slotReplaced: "Fill all 1024 bytes in every send: the text, and NUL bytes behind it.",
    .slotTooLong: "Compare the text's length with 1024 before the first byte is stored.",
    .slotNul: "Look for a NUL in the text before the first byte is stored, and answer kind=malformed.",
    .slotText: "Take the bytes up to the first NUL, or all 1024 if there is none.",
    .slotAtOnce: "Read the map as it is now, and do not wait for a change.",
    .slotMade: "Open the file with O_CREAT when role=write.",
    .slotExtended: "Extend a file of under 1024 bytes to 1024 when role=write, and keep what is in it.",
    .slotMissing: "Open the file without O_CREAT when role=read, and turn ENOENT into kind=missing.",
    .slotShort: "Look at the file's size in open when role=read, and answer kind=malformed under 1024 bytes.",
    .slotRestKept: "Do not truncate the file: map and write its first 1024 bytes only.",
    .cellWords: "Store and load each word as eight bytes, the lowest first, at its offset in the map.",
    .cellTooLong: "Compare the message's length with 4032 before anything is stored, and answer kind=too-large.",
    .cellSendWaits: "Wait until the word at 8 equals the one at 0 before the message is stored.",
    .cellSendOrder: "Store the message, then its length, and last add one to the word at 0: the reader goes by it.",
    .cellReceiveOrder:
      "Wait until the word at 0 is more than the one at 8, copy the message, and only then add one at 8.",
    .cellAtomicWords: "Use atomic 64-bit operations: store with release order, load with acquire order.",
    .cellCloseMarked:
      "Store 1 at 24 when the writing channel closes, in close, in reset and at the end of the input.",
    .cellEnd: "Answer ok end=true when the word at 24 is 1 and the words at 0 and 8 are equal.",
    .cellEndLookedAtFirst:
      "Load the word at 24 into a variable before you load the one at 0, and use it only if nothing is there.",
    .cellMade: "Open the file with O_CREAT when role=write, and extend it to 4096 bytes.",
    .cellStartsAnew: "Store 0 in all four words when role=write opens a file that is there.",
    .cellMissing: "Open the file without O_CREAT when role=read, and turn ENOENT into kind=missing.",
    .cellShort: "Look at the file's size in open when role=read, and answer kind=malformed under 4096 bytes.",
    .cellLengthMalformed:
      "Compare the length in the cell with 4032 before you copy, and answer kind=malformed above it.",
    .cellCutShort:
      "Keep the descriptor, ask with fstat for the file's size before each access, and answer kind=truncated under 4096 bytes.",
    .memoryName: "Open an address with one slash, at its start, with shm_open, or as a file of /dev/shm.",
    .memoryPath: "Open an address with more than one slash as a file.",
    .memoryDescriptor: "Take an address of digits for the number of an inherited descriptor.",
    .memoryOtherAddress: "Refuse an address that is neither a name, an absolute path nor a number with kind=usage.",
    .memorySizeUsage: "Refuse size= with kind=usage unless the role is write and the address is a name.",
    .memoryExists: "Make the object with O_EXCL, or link it under its name, and turn EEXIST into kind=exists.",
    .memoryWholeWhenFound:
      "Make the object without a name or under another one, give it its size, and then link it under its name.",
    .memoryRemoved: "Remove the name of an object that you made in close, in reset and at the end of the input.",
    .memoryPart:
      "Count offset and length in bytes from the start of the memory, and use all from the offset on without length.",
    .memoryPartMissing:
      "Compare offset and length with the memory's size in open, and answer kind=malformed if the part does not fit.",
    .memoryCutShort:
      "Keep the descriptor, ask with fstat for the size before each access, and answer kind=truncated if the part is cut off.",
    .memorySend: "Copy the message to the start of the part, and leave the bytes behind it alone.",
    .memoryTooLong: "Compare the message's length with the part's before anything is stored.",
    .memoryReceive: "Copy all bytes of the part as they are now, and do not wait for a change.",
    .memoryAboveLimit: "Compare the part's length with limit= before you copy it, and answer kind=too-large.",
    .memoryLockHeld: "Take the semaphore before each access, and give it back after it.",
    .memoryLockGivenBack: "Give the semaphore back in a block that runs in any case, such as finally or defer.",
    .memoryLockMissing: "Open the semaphore without making it, and turn ENOENT into kind=missing.",
    .memoryLockTimeout: "Wait for the semaphore with a deadline of 5 s, and answer kind=timeout after it.",
  ]
}
