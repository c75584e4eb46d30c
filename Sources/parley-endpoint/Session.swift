import AdapterProtocol
import Endpoints
import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The verbs of the adapter protocol, over the Endpoints library.
final class Session {
  private var channels: [String: any Channel] = [:]
  /// Messages that were received and could not be handed over; the next `receive` has them.
  private var kept: [String: [UInt8]] = [:]

  static let lineTooLong = Reply.error(
    .usage, message: "The command line has more than \(Command.longestLine) bytes; send large messages with file=PATH.")

  init() {
    // On standard output too a broken pipe is an end to be noticed, not to die of.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Obeys one command line.
  func obey(_ line: ArraySlice<UInt8>) -> Reply {
    do {
      return try reply(to: Arguments(try Command(parsing: line)))
    } catch let error as EndpointError {
      return .error(error.kind, message: error.message)
    } catch let error as ProtocolError {
      return .error(.usage, message: "The command is not of the protocol: \(error.message).")
    } catch {
      return .error(.internal, message: "\(error)")
    }
  }

  /// Closes everything and forgets everything.
  func reset() {
    channels.removeAll()
    kept.removeAll()
  }

  private func reply(to arguments: Arguments) throws -> Reply {
    switch arguments.command.verb {
    case "hello":
      try arguments.allow([])
      return Capabilities.declaration.reply
    case "open":
      try arguments.allow(
        Set(
          ["channel", "transport", "role", "address", "framing", "limit", "authkey", "queue"]
            + ChannelOpening.options(of: arguments.command.text("transport"))))
      return try open(arguments)
    case "accept":
      try arguments.allow(["channel"])
      try channel(arguments).accept()
      return .ok
    case "send":
      try arguments.allow(["channel", "payload", "file", "codec", "value", "format"])
      try send(arguments)
      return .ok
    case "receive":
      try arguments.allow(["channel", "file", "codec", "format", "timeout"])
      return try receive(arguments)
    case "close":
      try arguments.allow(["channel", "how"])
      try close(arguments)
      return .ok
    case "reset":
      try arguments.allow([])
      reset()
      return .ok
    case "echo":
      try arguments.allow(["channel", "count"])
      try Loops.echo(channel(arguments), count: arguments.number("count", 1...10_000_000))
      return .ok
    case "call":
      try arguments.allow(["channel", "method", "value"])
      guard let queue = try channel(arguments) as? any QueueChannel else {
        throw EndpointError(.usage, "call is for a manager-queue that was opened with role=connect.")
      }
      let value = try queue.call(arguments.text("method"), arguments.values("value"))
      return try ValueTransfer.reply(value)
    case "layout":
      try arguments.allow(["record"])
      return try RecordLayout.reply(arguments.text("record"))
    case "ping":
      try arguments.allow(["channel", "count", "size"])
      let nanoseconds = try Loops.ping(
        channel(arguments), count: arguments.number("count", 1...10_000_000),
        size: arguments.number("size", 0...Framing.defaultLimit))
      return .ok([Field("nanoseconds", String(nanoseconds))])
    default:
      throw EndpointError(.usage, "There is no verb \"\(arguments.command.verb)\"; PROTOCOL.md lists them.")
    }
  }

  private func open(_ arguments: Arguments) throws -> Reply {
    let name = try arguments.text("channel")
    guard (1...16).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
      throw EndpointError(.usage, "\"\(name)\" is not a channel name; use 1 to 16 of a-z and 0-9.")
    }
    guard channels[name] == nil else {
      throw EndpointError(.usage, "Channel \(name) is already open; close it first.")
    }
    let opened = try ChannelOpening(arguments).open()
    channels[name] = opened
    return .ok((opened as? StreamChannel)?.chosenAddress.map { [Field("address", $0)] } ?? [])
  }

  private func send(_ arguments: Arguments) throws {
    let channel = try channel(arguments)
    let transfer = try ValueTransfer(arguments)
    switch (transfer, arguments.command.bytes("payload"), arguments.command.text("file")) {
    case (let transfer?, nil, nil):
      try transfer.send(try arguments.value("value"), over: channel)
    case (nil, let digits?, nil) where arguments.command.bytes("value") == nil:
      guard let payload = Hex.bytes(digits) else {
        throw EndpointError(.usage, "payload is not lower-case hexadecimal, two digits a byte.")
      }
      try channel.send(payload.span)
    case (nil, nil, let path?) where arguments.command.bytes("value") == nil:
      let message = try MessageFile.read(path)
      try channel.send(message.span)
    default:
      throw EndpointError(.usage, "send takes either payload=HEX, file=PATH, or codec=NAME with value=TOKENS.")
    }
  }

  private func receive(_ arguments: Arguments) throws -> Reply {
    let name = try arguments.text("channel")
    let path = arguments.command.text("file")
    let channel = try channel(arguments)
    let transfer = try ValueTransfer(arguments)
    if let queue = channel as? any QueueChannel {
      return try queue.receive(timeout: arguments.timeout()) { value throws(EndpointError) in
        try Self.reply(forObject: value, path, transfer)
      }
    }
    guard arguments.command.bytes("timeout") == nil else {
      throw EndpointError(.usage, "timeout is for a manager-queue.")
    }
    if let message = kept.removeValue(forKey: name) { return try handOver(message.span, name, path, transfer) }
    var outcome: Result<Reply, EndpointError> = .success(.ok([Field("end", "true")]))
    try channel.receive { message in
      do throws(EndpointError) {
        outcome = .success(try handOver(message, name, path, transfer))
      } catch {
        outcome = .failure(error)
      }
    }
    return try outcome.get()
  }

  private func handOver(
    _ message: Span<UInt8>, _ name: String, _ path: String?, _ transfer: ValueTransfer?
  ) throws(EndpointError) -> Reply {
    do throws(EndpointError) {
      guard let transfer else { return try Self.reply(for: message, path) }
      return try transfer.reply(for: message.withUnsafeBufferPointer { Array($0) })
    } catch {
      // What the codec cannot read stays unreadable; anything else can be cured by another command.
      if transfer == nil || error.kind == .usage { kept[name] = message.withUnsafeBufferPointer { Array($0) } }
      throw error
    }
  }

  private static func reply(for message: Span<UInt8>, _ path: String?) throws(EndpointError) -> Reply {
    if let path {
      try MessageFile.write(message, to: path)
      return .ok([Field("length", String(message.count))])
    }
    guard message.count <= longestInline else {
      throw EndpointError(
        .usage, "The message of \(message.count) bytes is too long for a reply; receive it with file=PATH.")
    }
    return .ok([Field(key: "payload", value: Hex.digits(message))])
  }

  /// A queue carries objects: with the codec `pickle` any, otherwise messages as `bytes`.
  private static func reply(
    forObject value: Value, _ path: String?, _ transfer: ValueTransfer?
  ) throws(EndpointError) -> Reply {
    if transfer?.codec == .pickle { return try ValueTransfer.reply(value) }
    guard case .bytes(let message) = value else {
      throw EndpointError(.malformed, "The object is not bytes; receive it with codec=pickle.")
    }
    guard let transfer else { return try reply(for: message.span, path) }
    return try transfer.reply(for: message)
  }

  /// What fits a reply line in hexadecimal, in bytes.
  private static let longestInline = (Command.longestLine - "ok payload=".utf8.count) / 2

  private func close(_ arguments: Arguments) throws {
    let channel = try channel(arguments)
    switch arguments.command.text("how") {
    case nil:
      let name = try arguments.text("channel")
      channels[name] = nil
      kept[name] = nil
    case "write": try channel.finishSending()
    case let how?: throw EndpointError(.usage, "how=\(how) is not known; use how=write or leave it out.")
    }
  }

  private func channel(_ arguments: Arguments) throws -> any Channel {
    let name = try arguments.text("channel")
    guard let channel = channels[name] else {
      throw EndpointError(.usage, "Channel \(name) is not open; open it first.")
    }
    return channel
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
  }
}
