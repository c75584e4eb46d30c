import AdapterProtocol
import Endpoints
import WireFormats

/// Where `send` gets its message.
enum MessageSource {
  case digits([UInt8])
  case file(String)
  case value(ValueTransfer, tokens: String)

  /// Reads the keys, but not the message itself.
  init(_ arguments: Arguments) throws(EndpointError) {
    guard ["payload", "file", "codec"].filter(arguments.has).count == 1,
      arguments.has("value") == arguments.has("codec")
    else {
      throw EndpointError(.usage, "send takes either payload=HEX, file=PATH, or codec=NAME with value=TOKENS.")
    }
    if let transfer = try ValueTransfer(arguments) {
      self = .value(transfer, tokens: try arguments.text("value"))
    } else if let path = try arguments.optionalText("file") {
      self = .file(path)
    } else {
      self = .digits(arguments.command.bytes("payload") ?? [])
    }
  }

  /// Creates the message and sends it.
  func send(over channel: OpenChannel) throws(EndpointError) {
    switch self {
    case .digits(let digits):
      guard let message = Hex.bytes(digits) else {
        throw EndpointError(.usage, "payload is not lower-case hexadecimal, two digits a byte.")
      }
      try channel.send(message.span)
    case .file(let path):
      let message = try MessageFile.read(path, limit: channel.limit)
      try channel.send(message.span)
    case .value(let transfer, let tokens):
      try transfer.send(tokens, over: channel)
    }
  }
}
