import AdapterProtocol
import Endpoints
import WireFormats

/// How `send` and `receive` convert a value to a message and back.
struct ValueTransfer {
  let codec: Codec
  private let format: String?

  /// Reads `codec` and `format`; nil without a codec.
  init?(_ arguments: Arguments) throws(EndpointError) {
    let name = try arguments.optionalText("codec")
    format = try arguments.optionalText("format")
    guard name != nil || format == nil else {
      throw EndpointError(.usage, "format needs a codec; add codec=NAME.")
    }
    guard let name else { return nil }
    guard !arguments.has("file") else {
      throw EndpointError(.usage, "codec and file exclude each other; leave one out.")
    }
    guard let codec = Codec(rawValue: name) else {
      throw EndpointError(.unsupported, "This endpoint has no codec \"\(name)\".")
    }
    // Checked before anything is received that could then not be decoded.
    guard (codec == .structure) == (format != nil) else {
      throw EndpointError(.usage, "codec=struct needs format, and no other codec takes it.")
    }
    self.codec = codec
  }

  /// Encodes a value and sends it; a queue with the codec `pickle` carries the object itself.
  func send(_ tokens: String, over open: OpenChannel) throws(EndpointError) {
    let value = try Value(checking: tokens)
    if codec == .pickle, let queue = open.channel as? any QueueChannel { return try queue.put(value) }
    let message: [UInt8]
    do throws(CodecError) { message = try codec.encode(value, format: format) } catch { throw EndpointError(error) }
    try open.send(message.span)
  }

  /// The reply with the decoded value of a message.
  func reply(for message: [UInt8]) throws(EndpointError) -> Reply {
    let value: Value
    do throws(CodecError) {
      value = try codec.decode(message, format: format, longestText: Self.longestText)
    } catch {
      throw EndpointError(error)
    }
    return try Self.reply(value)
  }

  /// The reply with a value.
  static func reply(_ value: Value) throws(EndpointError) -> Reply {
    guard let tokens = value.tokens(atMost: longestText) else {
      throw EndpointError(.usage, "The value is too long for a reply of \(Command.longestLine) bytes.")
    }
    return .ok([Field("value", tokens)])
  }

  /// The most bytes that a value may have in a reply.
  private static let longestText = Command.longestLine - "ok value=".utf8.count
}

extension Value {
  /// Parses tokens.
  fileprivate init(checking tokens: String) throws(EndpointError) {
    do throws(CodecError) { self = try Value(tokens: tokens) } catch { throw EndpointError(error) }
  }
}

extension Arguments {
  /// The elements of a tuple; empty without the key.
  func values(_ key: String) throws(EndpointError) -> [Value] {
    guard let tokens = try optionalText(key) else { return [] }
    guard case .tuple(let parts) = try Value(checking: tokens) else {
      throw EndpointError(.usage, "\(key) must be a tuple of arguments, such as tuple:1,int:5.")
    }
    return parts
  }

  /// The timeout; nil, which is none, without the key.
  func timeout() throws(EndpointError) -> Duration? {
    try optionalNumber("timeout", 0...86_400_000).map { .milliseconds($0) }
  }
}
