import AdapterProtocol
import Endpoints
import WireFormats

/// The parameters of `open`, validated before any system call.
struct ChannelOpening {
  let transport: Transport
  let traits: Transport.Traits
  let role: Role
  let address: String
  let framing: Framing
  let limit: Int
  private let opener: any ChannelOpener

  /// Reads the command: checks the keys and their form first, then what this endpoint supports.
  init(_ arguments: Arguments) throws(EndpointError) {
    limit = try arguments.optionalNumber("limit", 1...Int(Int32.max)) ?? Framing.defaultLimit
    let names = (transport: try arguments.text("transport"), framing: try arguments.text("framing"))
    let role = try arguments.text("role")
    address = try arguments.text("address")
    let known = Transport(rawValue: names.transport)
    let opener = try known.map { transport throws(EndpointError) in try Self.opener(transport, arguments) }

    guard let transport = known, let opener, transport.traits.isAvailable else {
      throw EndpointError(.unsupported, "This endpoint has no transport \"\(names.transport)\".")
    }
    traits = transport.traits
    guard let framing = Framing(rawValue: names.framing) else {
      throw EndpointError(.unsupported, "This endpoint has no framing \"\(names.framing)\".")
    }
    guard traits.framings.contains(framing) else {
      let right = traits.framings.map(\.rawValue).joined(separator: ", ")
      throw EndpointError(
        .unsupported, "The transport \(names.transport) does not support the framing \(framing.rawValue); use \(right)."
      )
    }
    guard let known = traits.role(role) else {
      let (first, second) = traits.roles.names
      throw EndpointError(
        .unsupported, "The transport \(names.transport) has the roles \(first) and \(second), not \"\(role)\".")
    }
    (self.transport, self.framing, self.role, self.opener) = (transport, framing, known, opener)
    guard !address.isEmpty else { throw EndpointError(.usage, "The address is empty.") }
  }

  /// Opens the channel.
  func open() throws(EndpointError) -> any Channel { try opener.open(self) }

  /// The direction of messages.
  var direction: Direction { traits.direction(role) }

  private static func opener(
    _ transport: Transport, _ arguments: Arguments
  ) throws(EndpointError) -> any ChannelOpener {
    let type = transport.opener
    for key in Transport.options where arguments.has(key) && !type.options.contains(key) {
      throw EndpointError(.usage, "\(key) is not an option of the transport \(transport.rawValue).")
    }
    return try type.init(arguments)
  }
}
