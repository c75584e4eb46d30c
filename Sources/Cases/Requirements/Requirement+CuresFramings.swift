extension Requirement {
  /// Rules of section 4 and of the page framings.
  static let framingCures: [Requirement: String] = [
    .multiprocessingFrame: "Write the length as four bytes, the highest first, and then the payload.",
    .littleEndianFrame: "Write the length as four bytes, the lowest first and without a sign, and then the payload.",
    .lineFrame: "Write the payload and one LF, and nothing else.",
    .netstringFrame:
      "Write the length in decimal, a colon, the payload and a comma; the length counts the payload alone.",
    .varintFrame:
      "Write seven bits of the length a byte, the lowest first, with the high bit set in every byte but the last.",
    .contentLengthFrame: "Write Content-Length: N, CR LF, CR LF and the payload; N counts bytes, not characters.",
    .unframedMessage: "Hand the payload to the transport as it is, in one piece and without a prefix.",
    .shortestLength: "Write no leading zeros and no longer form of a length than it needs.",
    .anySegmentation: "Read until the whole frame is there, also when its prefix or a character comes in pieces.",
    .decidesAtOnce: "Judge each byte as it arrives, and refuse a bad frame before you wait for more of it.",
    .lengthFieldWhole: "Wait for all bytes of a length field before you judge it.",
    .multiprocessingLongForm: "When the four bytes are -1, read eight more as an unsigned length, whatever it is.",
    .multiprocessingNegative: "Read the four bytes as a signed number, and answer kind=malformed below -1.",
    .lineCarriageReturn: "Cut off the LF alone: a CR in front of it belongs to the message.",
    .lineTooLarge: "Stop with kind=too-large once more than limit= bytes have come without an LF.",
    .lineTruncated:
      "At the end of the stream answer kind=truncated if bytes have come since the last LF: do not hand them out as a line.",
    .framingNoneOnStream: "Refuse framing=none with kind=unsupported on a transport that carries a stream.",
    .framingOnPackets:
      "Refuse any framing but none with kind=unsupported on a transport that keeps the bounds itself.",
    .framingOnQueues:
      "Refuse any framing but multiprocessing with kind=unsupported on manager-queue and spawn-queue.",
    .netstringLength:
      "Answer kind=malformed for a byte that is no digit, for a length without digits, and for a zero with a digit behind it.",
    .netstringTooLarge: "Compare the length with limit= after each digit, before the colon has come.",
    .netstringComma: "Look at the byte after the payload, and answer kind=malformed if it is no comma.",
    .varintTooLong: "Stop with kind=malformed at the tenth byte if it is above 1.",
    .varintPadded: "Accept a length with superfluous zero bits at its end, such as 80 00 for 0.",
    .headerLines: "Read header lines up to CR LF, and take the first empty one for the end of the header.",
    .headerNamesAnyCase: "Compare the name of a header with content-length after you have made it lower case.",
    .otherHeaders: "Skip headers with other names, such as Content-Type.",
    .oneContentLength: "Count the Content-Length headers, and answer kind=malformed unless there is exactly one.",
    .contentLengthDigits:
      "Check that the number has 1 to 19 digits and nothing else, no sign either, before you convert it.",
    .contentLengthPadding: "Trim spaces and tabs around the number, and accept leading zeros.",
    .headerTooLong: "Answer kind=malformed once 4096 bytes of a header have come without its end.",
    .headerLineAtOnce:
      "Judge each header line at its LF: without a CR before it, or without a colon, it is malformed.",
    .contentLengthTooLargeAtEnd: "Compare the length with limit= when the empty line has come, not before.",
  ]
}
