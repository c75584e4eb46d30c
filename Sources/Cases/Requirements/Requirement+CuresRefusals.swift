extension Requirement {
  /// Which refusal comes first.
  static let refusalCures: [Requirement: String] = [
    .badLineFirst: "Take the whole line apart before you look up its verb.",
    .unknownVerb: "Look the verb up in a table, and answer kind=usage if it is not there.",
    .undeclaredVerb:
      "Answer kind=unsupported for echo, ping, layout and call, before you look at the keys, unless you have them.",
    .unknownKey: "Check every key of a command against those of its verb: a misspelt key must not be ignored.",
    .missingKey: "Check that every required key is there before anything is done.",
    .valueForm:
      "Check names and numbers for their form and range, anchored at both ends, and refuse others with kind=usage.",
    .keysBeforeWords: "Check all keys, and the form of limit, before you look up the transport.",
    .channelNotOpen: "Look the channel up by its name, and answer kind=usage if it is not open.",
    .channelBeforeWords: "Look for the channel's name among the open ones before you look up the transport.",
    .wordsBeforeAddress: "Look up transport, framing and role before you look at the address.",
    .addressForm: "Check the address for the transport's form before you call the system.",
    .channelBeforeMessage: "Check role and peer of the channel before you decode or measure the message.",
    .hexBeforeLimit: "Check all digits of payload before you compare its length with limit=.",
    .limitBeforeFraming:
      "Compare the message's length with limit= before you look for what the framing cannot carry.",
  ]
}
