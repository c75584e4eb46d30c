extension Requirement {
  /// Rules of section 1: lines.
  static let lineCures: [Requirement: String] = [
    .oneReplyALine: "Write exactly one line for every command, also for one that makes no sense.",
    .severalCommandsAtOnce:
      "Read line by line: what follows the first line feed is the next command and must not be dropped.",
    .flushedReply:
      "Flush after every reply: standard output is buffered when it is a pipe, whatever it does on a terminal.",
    .livesOnAfterError: "Catch every error of a command, answer error kind=… message=…, and read the next line.",
    .nothingButReplies:
      "Print everything that is no reply to standard error, or not at all, and choose an encoding without a byte order mark.",
    .replyGrammar: "Write ok and key=value words, or error kind=KIND message=TEXT, with single spaces in between.",
    .replyLineFeed: "Write replies in binary mode, or with the line ending set to \"\\n\".",
    .longestReply: "Check the length before you write: a message that does not fit a reply is usage, and is kept.",
    .replyEncoding:
      "Percent-encode every other byte of a value, spaces and UTF-8 included, in message= too: \"no such verb\" is no%20such%20verb.",
    .replyEncodingUpperCase: "Write the two digits after % with A to F, not a to f.",
    .replyHexLowerCase: "Write two digits a byte with a to f, without blanks and without a prefix such as 0x.",
    .keysInAnyOrder: "Put the words of a command into a map from key to value, and look the keys up by name.",
    .emptyValue:
      "Tell an empty value from a missing key: look whether the key is there, not whether its value is empty.",
    .percentReading:
      "Replace % and two hexadecimal digits of either case by the byte that they are, in every value, also for letters.",
    .plusIsPlus: "Do not use a decoder for HTML forms, which turns + into a blank: use one for paths, or your own.",
    .longestCommand: "Read lines with a buffer of at least 262145 bytes, or one that grows.",
    .tooLongCommand:
      "Read on to the line feed whatever the length, and answer a line of more than 262144 bytes with kind=usage, once.",
    .lastLineWithoutLineFeed:
      "Look for the line feed at the end: most line readers also hand out a line that the end of the input cut off.",
    .commandGrammar: "Answer kind=usage for a line that is not a verb and key=value words, before anything is done.",
    .carriageReturn: "Cut off the LF alone, never a CR, and refuse the CR as a byte that may not stand there.",
    .blanks:
      "Split at each single space and refuse empty words: do not trim the line, and do not split at runs of blanks.",
    .repeatedKey: "Refuse a key that is in the map already, while the line is taken apart.",
    .unencodedByte:
      "Check every byte of a value against the set of the grammar, and refuse any other with kind=usage.",
    .badPercentEncoding: "Refuse a % without two hexadecimal digits behind it: many decoders let it through.",
    .hexReading:
      "Check that the digits are 0 to 9 and a to f and their number is even: most decoders of hex also take A to F.",
    .numberForm:
      "Take 0, or digits of which the first is 1 to 9: most readers of numbers also take +5, 005 and a blank.",
  ]
}
