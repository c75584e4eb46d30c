extension Requirement {
  /// Rules of section 2: `hello`.
  static let helloCures: [Requirement: String] = [
    .helloReply:
      "Answer hello with exactly these keys; a list may be empty, as in codecs=, but its key must be there.",
    .languageWord: "Give language= one word, such as python, and leave the version to runtime=.",
    .runtimeNamed: "Ask the language for the name and version of what runs the program, and percent-encode them.",
    .helloLists: "Join the names with commas, without blanks, and write the key even if there are none.",
    .transportNames: "Use the names of section 3; a transport of your own cannot be checked.",
    .framingNames: "Use the names of section 4; a framing of your own cannot be checked.",
    .codecNames: "Use the names of section 4; a codec of your own cannot be checked.",
    .limitNames: "Use the names of the section \"Limits\" on the page values, for codecs that codecs= has.",
    .declaredWorks: "Make it work, or take it out of the reply to hello until it does.",
    .undeclaredTransport:
      "Look the transport up in the list that hello gives, and refuse it with kind=unsupported, or declare it.",
    .undeclaredFraming:
      "Look the framing up in the list that hello gives, and refuse it with kind=unsupported, or declare it.",
    .undeclaredCodec:
      "Look the codec up in the list that hello gives, and refuse it with kind=unsupported, or declare it.",
  ]
}
