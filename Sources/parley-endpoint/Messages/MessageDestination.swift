import AdapterProtocol
import Endpoints
import WireFormats

/// Where `receive` puts a message: into the reply, into a file, or decoded into the reply.
struct MessageDestination {
  private let path: String?
  private let transfer: ValueTransfer?
  private let timeout: Duration?

  /// The longest message in bytes that fits a reply line in hexadecimal.
  private static let longestInline = (Command.longestLine - "ok payload=".utf8.count) / 2

  init(_ arguments: Arguments) throws(EndpointError) {
    timeout = try arguments.timeout()
    path = try arguments.optionalText("file")
    transfer = try ValueTransfer(arguments)
  }

  /// Receives one message.
  ///
  /// A message that does not fit the requested form is kept for a command that asks for another one.
  func receive(from open: OpenChannel) throws(EndpointError) -> Reply {
    try open.requireReceiving()
    if let queue = open.channel as? any QueueChannel {
      return try queue.receive(timeout: timeout) { value throws(EndpointError) in try reply(forObject: value) }
    }
    if let message = open.kept {
      open.kept = nil
      return try handOver(message.span, of: open)
    }
    var outcome: Result<Reply, EndpointError> = .success(.ok([Field("end", "true")]))
    try open.channel.receive(until: timeout.map { .after($0) }) { message in
      do throws(EndpointError) {
        try open.requireFitting(message.count)
        outcome = .success(try handOver(message, of: open))
      } catch {
        outcome = .failure(error)
      }
    }
    return try outcome.get()
  }

  private func handOver(_ message: Span<UInt8>, of open: OpenChannel) throws(EndpointError) -> Reply {
    do throws(EndpointError) {
      return try reply(for: message)
    } catch {
      // A message that the codec cannot decode is dropped; after any other error another command can receive it.
      if transfer == nil || error.kind == .usage { open.kept = message.withUnsafeBufferPointer { Array($0) } }
      throw error
    }
  }

  private func reply(for message: Span<UInt8>) throws(EndpointError) -> Reply {
    if let transfer { return try transfer.reply(for: message.withUnsafeBufferPointer { Array($0) }) }
    if let path {
      try MessageFile.write(message, to: path)
      return .ok([Field("length", String(message.count))])
    }
    guard message.count <= Self.longestInline else {
      throw EndpointError(
        .usage, "The message of \(message.count) bytes is too long for a reply; receive it with file=PATH.")
    }
    return .ok([Field(key: "payload", value: Hex.digits(message))])
  }

  /// The reply for an object of a queue: any object with the codec `pickle`, otherwise only `bytes`.
  private func reply(forObject value: Value) throws(EndpointError) -> Reply {
    if transfer?.codec == .pickle { return try ValueTransfer.reply(value) }
    guard case .bytes(let message) = value else {
      throw EndpointError(.malformed, "The object is not bytes; receive it with codec=pickle.")
    }
    return try reply(for: message.span)
  }
}
