import Cases
import Runner

/// Sections 1 and 2: lines, `hello`, and the end.
extension Requirement {
  package static let alternating = Requirement(
    "One command a line, one reply a line, strictly alternating, in order.",
    "Write exactly one line for every command, also for one that makes no sense.")
  package static let severalAtOnce = Requirement(
    "The runner may write several commands at once; the endpoint",
    "Read line by line: what follows the first line feed is the next command, and must not be dropped.")
  package static let lineFeed = Requirement(
    "A line ends with LF alone.",
    "Write replies in binary mode, or with the line ending set to \"\\n\"; compare no command before its LF is cut off."
  )
  package static let encoding = Requirement(
    "Lines are ASCII: every byte of a value outside the set above is percent-encoded",
    "Percent-encode every other byte of a value, spaces and UTF-8 included: \"no such verb\" is no%20such%20verb.")
  package static let grammar = Requirement(
    #"reply   = "ok" *( SP key "=" value ) LF"#,
    "A reply is ok with key=value words, or error kind=KIND message=TEXT, parted by single spaces.")
  package static let repeatedKey = Requirement(
    "a key must not be repeated.", "Refuse a key that stands twice with kind=usage when the line is taken apart.")
  package static let longCommand = Requirement(
    "A longer command is `usage`, and the rest of that line is skipped.",
    "Read up to the line feed whatever the length, and answer a line of more than 262144 bytes with kind=usage.")
  package static let lastLine = Requirement(
    "A last line without LF is not obeyed.",
    "Most languages' line readers hand out the cut-off line: obey it only if it ends with LF.")
  package static let flush = Requirement(
    "An endpoint must write its reply in full and flush it before it reads the next command.",
    "Flush after every reply: standard output is buffered when it is a pipe, whatever it does on a terminal.")
  package static let nothingElse = Requirement(
    "no byte order mark, no debug text.", "Print it to standard error instead, or not at all.")
  package static let livesOn = Requirement(
    "After an error the endpoint lives on and obeys the next command.",
    "Catch every error of a command, and answer it with error kind=… message=….")
  package static let usage = Requirement(
    "An unknown verb, a missing, repeated or unknown key, a value of the wrong form",
    "Answer error kind=usage message=… before anything is done.")
  package static let unsupported = Requirement(
    "transport, role, framing, codec or optional verb that the endpoint does not have: `kind=unsupported`",
    "Look every word up in what hello declares, and answer error kind=unsupported message=… where it is not there.")
  package static let wrongDirection = Requirement(
    "that only receives, or the reverse, is `usage`, and so is a second `accept`.",
    "Let the channel remember its role, and refuse what the role cannot do with kind=usage.")
  package static let endOfInput = Requirement(
    "At the end of standard input the endpoint must close everything, remove the socket files it made, and exit 0.",
    "When there is no more to read, do what reset does, and exit with status 0.")
  package static let hello = Requirement(
    "`ok protocol=1 language=… runtime=… transports=… framings=… codecs=… features=…`",
    "Answer hello with exactly these keys; a list may be empty, as in codecs=, but its key must be there.")
  package static let declared = Requirement(
    "What is listed is *declared*: it will be used and must work.",
    "Make it work, or take it out of the reply to hello until it does.")
  package static let undeclared = Requirement(
    "listed must be refused with `unsupported`.",
    "Refuse it with error kind=unsupported message=…, or make it work and name it in the reply to hello.")
}
