extension Requirement {
  /// Rules of the page values.
  static let valueCures: [Requirement: String] = [
    .valueSent: "Encode the value with the codec, and send the message like any other.",
    .valueReceived:
      "Receive the message like any other, decode it with the codec, and answer value= with its tokens.",
    .limitIsThere: "Take it out of limits=: the adapter carries these values.",
    .valueNotCarried:
      "Encode the whole value before the first byte is written, and answer kind=malformed if the codec cannot.",
    .messageNotRead: "Turn every error of the decoder into kind=malformed.",
    .valueUnreadable:
      "Answer kind=usage if a token is unknown, a part is missing, or something stands behind the value.",
    .formatKey: "Ask for format with codec=struct, and refuse it with any other codec and without one.",
    .valueTooLongForLine:
      "Compare the length of the tokens with what a reply holds, answer kind=usage, and keep the message.",
    .codecWithFile: "Refuse codec together with file with kind=usage.",
    .constantTokens: "Write null, true and false as these words.",
    .intToken: "Use whole numbers of any size, and write them in decimal without a plus sign or leading zeros.",
    .floatTokens: "Write the bits of the number in hex, the highest byte first, not its decimal digits.",
    .textToken: "Encode the text as UTF-8, and write its bytes in hex.",
    .bytesTokens: "Write the bytes in hex, and keep bytes and bytearray apart.",
    .sequenceTokens: "Write the number of parts and then each part, and keep list, tuple, set and frozenset apart.",
    .mapToken: "Write the number of pairs and then each key and its value.",
    .objectToken: "Write the qualified name in hex, then the arguments and the state, each a value or null.",
    .intTooLong: "Count the digits of an int before you convert it, and answer kind=usage beyond 20,000.",
    .messageIntTooLong:
      "Look at the digits, or at the number of bytes, before you convert a number of a message: kind=too-large beyond 20,000 digits.",
    .valueMemory:
      "Count what the reply will need while you read, and stop when it is more than a line holds: before the value is built.",
    .valueTooDeep: "Count the nesting while you read tokens, and answer kind=usage beyond 200.",
    .jsonCarries: "Refuse other values, and NaN and the infinities, with kind=malformed.",
    .pickleCarries: "Refuse f32 and object with kind=malformed, and carry every other value.",
    .structCarries: "Take a tuple with one value for each field of the format.",
    .shareableListCarries: "Write the list as Python 3.9 and newer lay it out in memory, to the byte.",
    .shareableList38Carries: "Write the list as Python 3.8 lays it out in memory, to the byte.",
    .jsonForm: "Write JSON without blanks, keep the order of names, and write UTF-8 as it is.",
    .jsonEscapes: "Escape these characters only: neither the slash nor characters beyond ASCII.",
    .jsonNumberKinds:
      "Look at the text of a number: with a point or an exponent it is f64, otherwise an int of any size.",
    .jsonFloats:
      "Write enough digits that the number reads back to the bit, and append .0 where there is neither point nor exponent.",
    .jsonMinusZero: "Read -0 as the whole number 0.",
    .jsonReading: "Read what RFC 8259 allows, blanks and every escape included, and nothing else.",
    .jsonNumberTooLarge: "Answer kind=malformed for a number that reads as infinity.",
    .jsonNameTwice: "Look for names that stand twice: most libraries keep the last without a word.",
    .jsonLoneSurrogate: "Look for halves of surrogate pairs in the text: many libraries let them through.",
    .jsonTrailingBytes: "Look for what stands behind the value, except blanks.",
    .jsonTooDeep: "Count the nesting while you read, or bound it, and answer kind=malformed beyond 200.",
    .pickleProtocols: "Read the opcodes of the protocols 0 to 5.",
    .pickleExecutesNothing:
      "Read opcodes yourself and make an object of every name that is not plain data: never import or call anything.",
    .pickleOutsideOpcodes:
      "Answer kind=malformed for opcodes of persistent ids, extensions and buffers outside the pickle.",
    .pickleCycle: "Look for a value that stands in itself, and answer kind=malformed.",
    .pickleLoneSurrogate: "Look for halves of surrogate pairs in the text, and answer kind=malformed.",
    .pickleTooDeep: "Measure the nesting of the value without recursion, and answer kind=too-large beyond 200.",
    .pickleTooManyParts:
      "Count the parts, each use of a part again, before you write tokens, and answer kind=too-large.",
    .structSizes:
      "Look at the first character of the format: @ and none have the machine's sizes and alignment, the others neither.",
    .structFloat: "Round the f64 to single precision for f, and widen it again in reading.",
    .structOutOfRange: "Compare the number with the range of its character, and answer kind=malformed.",
    .structOtherKind: "Compare the kind of the value with its character, and answer kind=malformed.",
    .structLength: "Compare the message's length with the size of the format, and answer kind=malformed.",
    .structFormat: "Check the format before anything is sent or received, and answer kind=usage.",
    .listTextTooLong:
      "Compare the UTF-8 length of a text with its slot, which is counted in characters, and answer kind=malformed.",
    .listTrailingNul:
      "Refuse a text or bytes with a NUL at the end with kind=malformed: Python takes it for padding.",
    .listIntTooLarge: "Compare the int with the range of 64 bits, and answer kind=malformed.",
    .listFormatTooLong: "Compare the length of the bytes' format with 8 characters, and answer kind=malformed.",
    .listPadding: "Cut the NUL bytes off the end of a text or bytes that you read.",
    .listTrailingBytes: "Read the list and ignore what is behind it: shared memory is often longer.",
    .listMisfit:
      "Check every count and offset against the message's length before you use it, and answer kind=malformed.",
    .listTextNotUTF8: "Decode a text strictly as UTF-8, and answer kind=malformed if it is none.",
  ]
}
