import AdapterProtocol
import Endpoints
import WireFormats

/// How `send` and `receive` carry a value instead of bytes.
struct ValueTransfer {
  let codec: Codec
  private let format: String?

  /// Reads `codec` and `format`; nil without a codec.
  init?(_ arguments: Arguments) throws(EndpointError) {
    format = arguments.command.text("format")
    guard let name = arguments.command.text("codec") else {
      guard format == nil else { throw EndpointError(.usage, "format is for a codec; name one with codec=NAME.") }
      return nil
    }
    guard let codec = Codec(rawValue: name) else {
      throw EndpointError(.unsupported, "This endpoint has no codec \"\(name)\".")
    }
    guard arguments.command.bytes("file") == nil else {
      throw EndpointError(.usage, "A value does not travel in a file; leave out codec or file.")
    }
    // Before anything is received that could then not be read.
    guard (codec == .structure) == (format != nil) else {
      throw EndpointError(.usage, "format goes with codec=struct, and with no other codec.")
    }
    self.codec = codec
  }

  /// Encodes a value and sends it; a queue carries an object of pickle as it is.
  func send(_ value: Value, over channel: any Channel) throws(EndpointError) {
    if codec == .pickle, let queue = channel as? any QueueChannel { return try queue.put(value) }
    let message: [UInt8]
    do throws(CodecError) { message = try codec.encode(value, format: format) } catch { throw EndpointError(error) }
    try channel.send(message.span)
  }

  /// The reply with the value of a message.
  func reply(for message: [UInt8]) throws(EndpointError) -> Reply {
    let value: Value
    do throws(CodecError) { value = try codec.decode(message, format: format) } catch { throw EndpointError(error) }
    return try Self.reply(value)
  }

  /// The reply with a value.
  static func reply(_ value: Value) throws(EndpointError) -> Reply {
    let tokens = value.tokens
    guard tokens.utf8.count + "ok value=".utf8.count <= Command.longestLine else {
      throw EndpointError(.usage, "The value of \(tokens.utf8.count) bytes is too long for a reply.")
    }
    return .ok([Field("value", tokens)])
  }
}

extension Arguments {
  /// The value under a key that must be there.
  func value(_ key: String) throws(EndpointError) -> Value {
    let tokens = try text(key)
    do throws(CodecError) { return try Value(tokens: tokens) } catch { throw EndpointError(error) }
  }

  /// The parts of a tuple; none without the key.
  func values(_ key: String) throws(EndpointError) -> [Value] {
    guard command.bytes(key) != nil else { return [] }
    guard case .tuple(let parts) = try value(key) else {
      throw EndpointError(.usage, "\(key) is a tuple of arguments, such as tuple:1,int:5.")
    }
    return parts
  }

  /// How long to wait; for ever without the key.
  func timeout() throws(EndpointError) -> Duration? {
    guard command.bytes("timeout") != nil else { return nil }
    return .milliseconds(try number("timeout", 0...86_400_000))
  }
}
