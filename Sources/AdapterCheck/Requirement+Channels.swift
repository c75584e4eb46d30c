import Cases
import Runner
package import WireFormats

/// Sections 2 to 6: channels, transports, framings and optional verbs.
extension Requirement {
  package static let open = Requirement(
    "The reply comes once a peer may come: a listener is bound and listening.",
    "Bind and listen before the reply to open is written, and wait for the peer in accept only.")
  package static let accept = Requirement(
    "waits for one peer of a channel opened with `role=listen`.",
    "accept waits until a peer has connected, and then answers ok.")
  package static let send = Requirement(
    "sends one message: the bytes of `payload`, or the whole content of the regular file `file`.",
    "Write until the system has taken every byte: one write may take only a part.")
  package static let sendTooLong = Requirement(
    "A message longer than the channel's limit is refused with `too-large` and nothing is sent",
    "Compare the message's length with limit= before the first byte is written.")
  package static let sendMalformed = Requirement(
    "A message that the framing cannot carry (a line feed in `line`, a NUL in a slot) is refused",
    "Look for what the framing cannot carry before the first byte is written.")
  package static let receive = Requirement(
    "**`receive`** receives one message.",
    "Read until the whole frame is there: one read may give a part of it, or more than one frame; keep what is left.")
  package static let receiveFile = Requirement(
    "the message is written to that file (made or replaced) and the reply is `ok length=N`",
    "Write the message's bytes to the file, close it, and answer ok length=N.")
  package static let endOfStream = Requirement(
    "At a clean end of the stream, which is the end between two frames, the reply is `ok end=true`",
    "When a read gives nothing and no byte of a frame has come, answer ok end=true, as often as asked.")
  package static let frameTooLong = Requirement(
    "refused with `too-large` *before* any memory is allocated for it.",
    "Compare the announced length with limit= before anything is allocated or read for it.")
  package static let close = Requirement(
    "closes the channel and forgets its name; a listener also removes its socket file.",
    "Close the connection and the listener, remove the listener's socket file, and forget the channel.")
  package static let halfClose = Requirement(
    "half-closes a duplex channel instead: the peer sees the end of",
    "Shut down the writing direction only, and keep the channel for receiving.")
  package static let reset = Requirement(
    "closes every channel and forgets everything. After its reply",
    "Close every descriptor of every channel, listeners included, and remove their socket files.")
  package static let pathTooLong = Requirement(
    "is `usage`, never silently cut.",
    "Compare the path's length in bytes with 107 before the socket is bound or connected.")
  package static let stale = Requirement(
    "`listen` on the path of a *stale* socket file",
    "If binding says that the address is in use, connect to it: if that is refused, remove the file and bind again.")
  package static let taken = Requirement(
    "Where somebody listens, or where the path is something other than a socket, it is `exists`.",
    "Remove a file only if it is a socket and connecting to it is refused; else answer kind=exists.")
  package static let connect = Requirement(
    "`connect` to a path that does not exist is `missing`; where nobody listens it is `refused`.",
    "Turn the system's error into the kind that section 5 gives for it: ENOENT is missing, ECONNREFUSED is refused.")
  package static let missingFifo = Requirement(
    "A FIFO or file that does not exist is `missing`", "Never make the FIFO: the runner does. ENOENT is kind=missing.")
  package static let anySegmentation = Requirement(
    "A receiver accepts any segmentation of the stream, and decides so:",
    "Read until the whole frame is there, also when its prefix or a character comes in pieces.")
  package static let truncated = Requirement(
    "the stream's end inside a frame is `truncated`.",
    "When a read gives nothing and a part of a frame has come, answer error kind=truncated.")
  package static let slot = Requirement(
    "is one text in a memory-mapped file: exactly 1024 bytes", "Follow the paragraph on file-slot word by word.")
  package static let fileCell = Requirement(
    "**`file-cell`** is a mapped file of 4096 bytes", "Follow the paragraph on file-cell word by word.")
  package static let sharedMemory = Requirement(
    "**`shared-memory`** is what Python's", "Follow the paragraph on shared-memory word by word.")
  package static let managerQueue = Requirement(
    "**`manager-queue`** is a `queue.Queue`", "Follow the paragraph on manager-queue word by word.")
  package static let authkey = Requirement(
    "**`authkey`** is an option of `open`", "Follow the order of the handshake in this paragraph.")
  package static let codecNames = Requirement(
    "| codec | carries | the message |", "Use a name of the table; a codec of your own cannot be checked.")
  package static let transportNames = Requirement(
    "| transport | address | roles | notes |", "Use a name of the table; a transport of your own cannot be checked.")
  package static let framingNames = Requirement(
    "| framing | one message on the wire | where it is used |",
    "Use a name of the table; a framing of your own cannot be checked.")
  package static let kinds = Requirement(
    "| kind | when | errno |", "Find what happened in the table, and answer with its kind.")
  package static let echo = Requirement(
    "receive a message and send it back, `count` times in a tight loop; `ok`",
    "Receive and send on the channel count times, then answer ok.")
  package static let ping = Requirement(
    "`ok nanoseconds=N`, the time of the whole loop on a monotonic clock",
    "Send size bytes and receive the answer count times, and answer ok nanoseconds=N.")
  package static let layout = Requirement(
    "lays a record of `interop/vectors/layouts.yml` out in memory",
    "Ask the compiler for size, alignment and offsets instead of computing them.")

  /// How a framing marks a message off.
  package static func framing(_ framing: Framing) -> Requirement {
    Requirement(
      "| `\(framing.rawValue)` | ", "Compare the two lines above: the first is what must be on the wire.")
  }

  /// How a codec writes a value.
  package static func codec(_ codec: Codec) -> Requirement {
    let row =
      switch codec {
      case .shareableList, .shareableList38: "| `shareable-list`, `shareable-list-3.8` | "
      default: "| `\(codec.rawValue)` | "
      }
    return Requirement(row, "Follow the codec's row, in writing and in reading.")
  }

  /// What a receiver makes of bytes that break a framing.
  package static func decoding(_ framing: Framing) -> Requirement {
    switch framing {
    case .u32le, .none: frameTooLong
    default:
      Requirement("- `\(framing.rawValue)`: ", "Decide by this rule, at the first byte that settles the matter.")
    }
  }

  /// Those that are always there: a test looks for each on the page.
  package static let all: [Requirement] =
    [
      alternating, severalAtOnce, lineFeed, encoding, grammar, repeatedKey, longCommand, lastLine, flush, nothingElse,
      livesOn, usage, unsupported, wrongDirection, endOfInput, hello, declared, undeclared, open, accept, send,
      sendTooLong, sendMalformed, receive, receiveFile, endOfStream, frameTooLong, close, halfClose, reset, pathTooLong,
      stale, taken, connect, missingFifo, anySegmentation, truncated, slot, transportNames, framingNames, codecNames,
      fileCell, sharedMemory, managerQueue,
      authkey, kinds, echo,
      ping, layout, beforeAccept, limit, channelName,
    ] + Framing.allCases.flatMap { [framing($0), decoding($0)] } + Codec.allCases.map(codec)
}

extension Requirement {
  package static let beforeAccept = Requirement(
    "Before it, `send` and `receive` on that channel are `usage`.",
    "Until accept has its peer, refuse send and receive on the channel with kind=usage.")
  package static let limit = Requirement(
    "`limit` is the largest message in bytes that this channel sends or accepts, 1 to",
    "Refuse a limit outside 1 to 2147483647 with kind=usage.")
  package static let channelName = Requirement(
    "`channel` is a name of the runner's choosing, 1 to 16 of `a-z 0-9`.",
    "Refuse another name with kind=usage.")
}
