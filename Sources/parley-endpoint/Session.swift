import AdapterProtocol
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The verbs of the adapter protocol, implemented with the Endpoints library.
///
/// A command is checked in a fixed order: its line, its verb, its keys and their form, the channel's name, what this endpoint
/// supports, the address, what the channel can do, the message; errors of the system come last.
final class Session {
  private var channels: [String: OpenChannel] = [:]

  static let lineTooLong = Reply.error(
    .usage, message: "The command line has more than \(Command.longestLine) bytes; send large messages with file=PATH.")

  init() {
    // A broken pipe must be an error of `write`, on standard output too.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Obeys one command line.
  func obey(_ line: ArraySlice<UInt8>) -> Reply {
    do throws(EndpointError) {
      let command: Command
      do throws(ProtocolError) {
        command = try Command(parsing: line)
      } catch {
        throw EndpointError(.usage, "The command breaks the protocol: \(error.message).")
      }
      return try reply(to: Arguments(command))
    } catch {
      // A message may quote the command, and each byte can take three in the reply, which must fit a line.
      return .error(error.kind, message: String(decoding: error.message.utf8.prefix(10_000), as: UTF8.self))
    }
  }

  /// Closes and forgets all channels.
  func reset() { channels.removeAll() }

  private func reply(to arguments: Arguments) throws(EndpointError) -> Reply {
    guard let verb = Verb(rawValue: arguments.command.verb) else {
      throw EndpointError(.usage, "There is no verb \"\(arguments.command.verb)\"; PROTOCOL.md lists them.")
    }
    try arguments.check(for: verb)
    switch verb {
    case .hello: return Capabilities.declaration.reply
    case .open: return try open(arguments)
    case .accept: try accept(arguments)
    case .send: try send(arguments)
    case .receive: return try receive(arguments)
    case .close: try close(arguments)
    case .reset: reset()
    case .echo: try echo(arguments)
    case .ping: return try ping(arguments)
    case .layout: return try RecordLayout.reply(arguments.text("record"))
    case .call: return try call(arguments)
    }
    return .ok
  }

  private func open(_ arguments: Arguments) throws(EndpointError) -> Reply {
    let name = try arguments.channelName()
    guard channels[name] == nil else {
      throw EndpointError(.usage, "Channel \(name) is already open; close it first.")
    }
    let opened = try OpenChannel(ChannelOpening(arguments))
    channels[name] = opened
    return .ok(opened.channel.chosenAddress.map { [Field("address", $0)] } ?? [])
  }

  private func accept(_ arguments: Arguments) throws(EndpointError) {
    let timeout = try arguments.timeout()
    try channel(arguments).accept(until: timeout.map { .after($0) })
  }

  private func close(_ arguments: Arguments) throws(EndpointError) {
    let how = try arguments.optionalText("how")
    guard how == nil || how == "write" else {
      throw EndpointError(.usage, "how=\(how ?? "") is not known; use how=write or leave it out.")
    }
    let open = try channel(arguments)
    if how != nil { return try open.finishSending() }
    channels[try arguments.channelName()] = nil
  }

  private func send(_ arguments: Arguments) throws(EndpointError) {
    let open = try channel(arguments)
    let source = try MessageSource(arguments)
    try open.requireSending()
    try source.send(over: open)
  }

  private func receive(_ arguments: Arguments) throws(EndpointError) -> Reply {
    let open = try channel(arguments)
    let destination = try MessageDestination(arguments)
    return try destination.receive(from: open)
  }

  private func echo(_ arguments: Arguments) throws(EndpointError) {
    let count = try arguments.number("count", 1...Loops.largestCount)
    let open = try channel(arguments)
    try open.requireDuplex()
    try Loops.echo(open.channel, count: count)
  }

  private func ping(_ arguments: Arguments) throws(EndpointError) -> Reply {
    let count = try arguments.number("count", 1...Loops.largestCount)
    let size = try arguments.number("size", 0...Int(Int32.max))
    let open = try channel(arguments)
    try open.requireDuplex()
    try open.requireFitting(size)
    let nanoseconds = try Loops.ping(open.channel, count: count, size: size)
    return .ok([Field("nanoseconds", String(nanoseconds))])
  }

  private func call(_ arguments: Arguments) throws(EndpointError) -> Reply {
    let open = try channel(arguments)
    guard let queue = open.channel as? any QueueChannel else {
      throw EndpointError(.usage, "call is only for a shared object; a channel of \(open.transport) has none.")
    }
    return try ValueTransfer.reply(queue.call(arguments.text("method"), arguments.values("value")))
  }

  private func channel(_ arguments: Arguments) throws(EndpointError) -> OpenChannel {
    let name = try arguments.channelName()
    guard let channel = channels[name] else {
      throw EndpointError(.usage, "Channel \(name) is not open; open it first.")
    }
    return channel
  }
}

extension Arguments {
  /// The name of a channel, whether or not it is open.
  fileprivate func channelName() throws(EndpointError) -> String {
    let name = try text("channel")
    let isName = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
    guard isName, (1...16).contains(name.utf8.count) else {
      throw EndpointError(.usage, "\"\(name)\" is not a channel name; use 1 to 16 of a-z and 0-9.")
    }
    return name
  }
}
