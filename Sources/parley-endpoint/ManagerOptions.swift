import AdapterProtocol
import Endpoints
import WireFormats

/// The options of `open` that come from Python's multiprocessing: `authkey` and `queue`.
struct ManagerOptions {
  /// The key; nil where none is asked for.
  let key: [UInt8]?
  /// The name under which a manager shares its queue.
  let queue: String

  init(_ arguments: Arguments, transport: String, framing: Framing) throws(EndpointError) {
    let isQueue = transport == "manager-queue"
    guard !isQueue || framing == .multiprocessing else {
      throw EndpointError(.unsupported, "The transport manager-queue goes with the framing multiprocessing only.")
    }
    guard isQueue || arguments.command.bytes("queue") == nil else {
      throw EndpointError(.usage, "queue is for the transport manager-queue.")
    }
    queue = arguments.command.text("queue") ?? "get_queue"
    guard let digits = arguments.command.bytes("authkey") else {
      guard !isQueue else { throw EndpointError(.usage, "manager-queue needs authkey=HEX, the key of its clients.") }
      key = nil
      return
    }
    guard let key = Hex.bytes(digits), !key.isEmpty else {
      throw EndpointError(.usage, "authkey is lower-case hexadecimal, two digits a byte, at least one byte.")
    }
    guard framing == .multiprocessing, isQueue || Self.connecting.contains(transport) else {
      throw EndpointError(
        .usage, "authkey is for a transport that listens and connects, with the framing multiprocessing.")
    }
    self.key = key
  }

  private static let connecting = ["unix", "unix-abstract", "dotnet-pipe", "tcp"]
}
