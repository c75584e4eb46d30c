/// A rule of the adapter protocol that an endpoint can break; `interop/PROTOCOL.md` and the pages beside it have its words.
///
/// The raw value is the id that stands before the rule's sentence or in its table row. Its letter says what the rule is about, and so on
/// which page it stands: K, M, Q, V and X have pages of their own, and those from F20 on are on the page framings.
///
/// An id is never given to another rule: reports and adapters' authors quote it.
// Several on a line: a case is nothing but a name for an id, and there are hundreds.
// swift-format-ignore: OneCasePerLine
package enum Requirement: String, CaseIterable, Hashable, Sendable {
  // L: lines
  case oneReplyALine = "L1", severalCommandsAtOnce = "L2", flushedReply = "L3", livesOnAfterError = "L4"
  case nothingButReplies = "L5", replyGrammar = "L6", replyLineFeed = "L7", longestReply = "L8", replyEncoding = "L9"
  case replyEncodingUpperCase = "L10", replyHexLowerCase = "L11", keysInAnyOrder = "L12", emptyValue = "L13"
  case percentReading = "L14", plusIsPlus = "L15", longestCommand = "L16", tooLongCommand = "L17"
  case lastLineWithoutLineFeed = "L18", commandGrammar = "L19", carriageReturn = "L20", blanks = "L21"
  case repeatedKey = "L22", unencodedByte = "L23", badPercentEncoding = "L24", hexReading = "L25"
  case numberForm = "L26"

  // H: hello
  case helloReply = "H1", languageWord = "H2", runtimeNamed = "H3", helloLists = "H4", transportNames = "H5"
  case framingNames = "H6", codecNames = "H7", declaredWorks = "H8", undeclaredTransport = "H9"
  case undeclaredFraming = "H10", undeclaredCodec = "H11", limitNames = "H12"

  // O: opening a channel, and addresses
  case channelName = "O1", channelOpenAlready = "O2", roleOfTransport = "O3", limitRange = "O4", defaultLimit = "O5"
  case optionOfAnotherTransport = "O6", openReplyWhenReady = "O7", chosenAddress = "O8", emptyAddress = "O9"
  case pathTooLong = "O10", staleFile = "O11", listenTaken = "O12", listenOnOtherFile = "O13", quietProbe = "O14"
  case inUseUnlessRefused = "O15", connectMissing = "O16", connectRefused = "O17", fifoMissing = "O18"
  case notAFifo = "O19", fifoOneDirection = "O20", tcpLoopbackOnly = "O21", tcpConnectPortZero = "O22"

  // A: accepting
  case acceptWaits = "A1", beforeAccept = "A2", secondAccept = "A3", acceptWithoutListener = "A4"

  // S: sending
  case sendPayload = "S1", sendFile = "S2", messageIsBytes = "S3", sendReplyWhenTaken = "S4"
  case oneSourceOfMessage = "S5", sendWrongDirection = "S6", sendTooLarge = "S7", sendMalformed = "S8"
  case sendNoRegularFile = "S9", sendMissingFile = "S10", sendFileTooLarge = "S11"

  // R: receiving
  case receiveOneMessage = "R1", receivePayload = "R2", receiveFile = "R3", receiveFileReplaces = "R4"
  case receiveTooLongForLine = "R5", messageKept = "R6", endOfStream = "R7", endOfStreamAgain = "R8"
  case frameTooLarge = "R9", noMemoryForTooLarge = "R10", receiveWrongDirection = "R11", closableAfterFault = "R12"

  // C: closing, resetting, and the end
  case closeForgets = "C1", closeRemovesSocketFile = "C2", halfClose = "C3", halfCloseReceives = "C4"
  case halfCloseUnsupported = "C5", unknownHow = "C6", resetForgets = "C7", resetDescriptors = "C8"
  case resetChildren = "C9", resetMappings = "C10", resetSocketFiles = "C11", endOfInput = "C12"
  case endRemovesSocketFiles = "C13", endKeepsFiles = "C14", endWhileWaiting = "C15", terminated = "C16"

  // W: timeouts
  case timeoutAnswer = "W1", timeoutKeepsChannel = "W2", timeoutRange = "W3", timeoutWithoutWait = "W4"

  // T: transports
  case unixTransport = "T1", fifoTransport = "T2", tcpTransport = "T3", unixAbstractTransport = "T4"
  case unixSeqpacketTransport = "T5", unixDatagramTransport = "T6", dotnetPipeTransport = "T7", pipeTransport = "T8"
  case socketpairTransport = "T9", fileSlotTransport = "T10", fileCellTransport = "T11", sharedMemoryTransport = "T12"
  case managerQueueTransport = "T13", spawnQueueTransport = "T14"

  // F: framings
  case multiprocessingFrame = "F1", littleEndianFrame = "F2", lineFrame = "F3", netstringFrame = "F4"
  case varintFrame = "F5", contentLengthFrame = "F6", unframedMessage = "F7", shortestLength = "F8"
  case anySegmentation = "F9", decidesAtOnce = "F10", lengthFieldWhole = "F11", multiprocessingLongForm = "F12"
  case multiprocessingNegative = "F13", lineCarriageReturn = "F14", lineTooLarge = "F15", lineTruncated = "F16"
  case framingNoneOnStream = "F17", framingOnPackets = "F18", framingOnQueues = "F19", netstringLength = "F20"
  case netstringTooLarge = "F21", netstringComma = "F22", varintTooLong = "F23", varintPadded = "F24"
  case headerLines = "F25", headerNamesAnyCase = "F26", otherHeaders = "F27", oneContentLength = "F28"
  case contentLengthDigits = "F29", contentLengthPadding = "F30", headerTooLong = "F31", headerLineAtOnce = "F32"
  case contentLengthTooLargeAtEnd = "F33"

  // E: error kinds
  case truncatedKind = "E1", tooLargeKind = "E2", malformedKind = "E3", closedKind = "E4", resetKind = "E5"
  case refusedKind = "E6", missingKind = "E7", existsKind = "E8", deniedKind = "E9", authenticationKind = "E10"
  case timeoutKind = "E11", unsupportedKind = "E12", usageKind = "E13", internalKind = "E14", kindOfTheTable = "E15"
  case messageForPeople = "E16"

  // U: which refusal comes first
  case badLineFirst = "U1", unknownVerb = "U2", undeclaredVerb = "U3", unknownKey = "U4", missingKey = "U5"
  case valueForm = "U6", keysBeforeWords = "U7", channelNotOpen = "U8", channelBeforeWords = "U9"
  case wordsBeforeAddress = "U10", addressForm = "U11", channelBeforeMessage = "U12", hexBeforeLimit = "U13"
  case limitBeforeFraming = "U14"

  // K: sockets and inherited pipes
  case abstractExactName = "K1", abstractEmptyName = "K2", abstractNameTooLong = "K3", onePacketAMessage = "K4"
  case emptyPacket = "K5", packetTooLarge = "K6", packetAboveLimit = "K7", datagramListen = "K8"
  case datagramNoAccept = "K9", datagramConnect = "K10", datagramOtherType = "K11", datagramDirection = "K12"
  case oneDatagramASend = "K13", emptyDatagram = "K14", datagramNoEnd = "K15", datagramTooLarge = "K16"
  case datagramAboveLimit = "K17", nextDatagram = "K18", datagramBuffer = "K19", datagramReceiverGone = "K20"
  case datagramNoLoops = "K21", dotnetPipePath = "K22", dotnetPipeAbsolutePath = "K23", dotnetPipeName = "K24"
  case socketpairBothWays = "K25", inheritedIsOwned = "K26", inheritedMissing = "K27", standardStreams = "K28"
  case inheritedOtherKind = "K29", descriptorTooLarge = "K30"

  // M: mapped memory
  case slotImage = "M1", slotReplaced = "M2", slotTooLong = "M3", slotNul = "M4", slotText = "M5", slotAtOnce = "M6"
  case slotMade = "M7", slotExtended = "M8", slotMissing = "M9", slotShort = "M10", slotRestKept = "M11"
  case cellWords = "M12", cellTooLong = "M13", cellSendWaits = "M14", cellSendOrder = "M15", cellReceiveOrder = "M16"
  case cellAtomicWords = "M17", cellCloseMarked = "M18", cellEnd = "M19", cellEndLookedAtFirst = "M20"
  case cellMade = "M21", cellStartsAnew = "M22", cellMissing = "M23", cellShort = "M24", cellLengthMalformed = "M25"
  case cellCutShort = "M26", memoryName = "M27", memoryPath = "M28", memoryDescriptor = "M29"
  case memoryOtherAddress = "M30", memorySizeUsage = "M31", memoryExists = "M32", memoryWholeWhenFound = "M33"
  case memoryRemoved = "M34", memoryPart = "M35", memoryPartMissing = "M36", memoryCutShort = "M37"
  case memorySend = "M38", memoryTooLong = "M39", memoryReceive = "M40", memoryAboveLimit = "M41"
  case memoryLockHeld = "M42", memoryLockGivenBack = "M43", memoryLockMissing = "M44", memoryLockTimeout = "M45"

  // Q: Python's multiprocessing
  case authkeyForm = "Q1", authkeyDeclared = "Q2", authkeyAnswerAfterwards = "Q3", authkeyOrder = "Q4"
  case authkeyPlainChallenge = "Q5", authkeyNamedChallenge = "Q6", authkeyWrong = "Q7", authkeyBroken = "Q8"
  case authkeySilent = "Q9", authkeyTooLarge = "Q10", queueNeedsKey = "Q11", queueName = "Q12", queuePortZero = "Q13"
  case queueServed = "Q14", queueNoAccept = "Q15", queuePut = "Q16", queueGet = "Q17", queueEmpty = "Q18"
  case queueTimeoutRange = "Q19", timeoutElsewhere = "Q20", queueBytes = "Q21", queueValue = "Q22"
  case queueNotBytes = "Q23", queueServerGone = "Q24", callResult = "Q25", callArguments = "Q26"
  case callException = "Q27", callElsewhere = "Q28", spawnNeedsLock = "Q29", spawnSendOrder = "Q30"
  case spawnReceiveOrder = "Q31", spawnSemaphoreMissing = "Q32", spawnTimeout = "Q33", spawnLockGivenBack = "Q34"
  case spawnSlotGivenBack = "Q35", spawnEnd = "Q36", spawnReadersGone = "Q37"

  // V: codecs and values
  case valueSent = "V1", valueReceived = "V2", valueNotCarried = "V3", messageNotRead = "V4", valueUnreadable = "V5"
  case formatKey = "V6", valueTooLongForLine = "V7", codecWithFile = "V8", constantTokens = "V9", intToken = "V10"
  case floatTokens = "V11", textToken = "V12", bytesTokens = "V13", sequenceTokens = "V14", mapToken = "V15"
  case objectToken = "V16", valueTooDeep = "V17", jsonCarries = "V18", pickleCarries = "V19", structCarries = "V20"
  case shareableListCarries = "V21", shareableList38Carries = "V22", jsonForm = "V23", jsonEscapes = "V24"
  case jsonNumberKinds = "V25", jsonFloats = "V26", jsonMinusZero = "V27", jsonReading = "V28"
  case jsonNumberTooLarge = "V29", jsonNameTwice = "V30", jsonLoneSurrogate = "V31", jsonTrailingBytes = "V32"
  case jsonTooDeep = "V33", pickleProtocols = "V34", pickleExecutesNothing = "V35", pickleOutsideOpcodes = "V36"
  case pickleCycle = "V37", pickleLoneSurrogate = "V38", pickleTooDeep = "V39", pickleTooManyParts = "V40"
  case structSizes = "V41", structFloat = "V42", structOutOfRange = "V43", structOtherKind = "V44"
  case structLength = "V45", structFormat = "V46", listTextTooLong = "V47", listTrailingNul = "V48"
  case listIntTooLarge = "V49", listFormatTooLong = "V50", listPadding = "V51", listTrailingBytes = "V52"
  case listMisfit = "V53", listTextNotUTF8 = "V54", intTooLong = "V55", messageIntTooLong = "V56"
  case valueMemory = "V57", limitIsThere = "V58"

  // X: optional verbs
  case echoVerb = "X1", pingVerb = "X2", layoutVerb = "X3", countRange = "X4", pingTime = "X5", pingContent = "X6"
  case endInLoop = "X7", loopsOnOneWay = "X8", layoutForm = "X9", unknownRecord = "X10"
}
