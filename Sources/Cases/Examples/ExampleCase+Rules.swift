import AdapterProtocol
import WireFormats

extension ExampleCase {
  /// The protocol's rules that the conversation checks: those for the features that its steps use.
  package var rules: [Requirement] {
    var rules: [Requirement] = []
    for opening in conversation.openings {
      rules += opening["transport"].flatMap(Transport.init).map { [.transport($0)] + Self.rules(of: $0) } ?? []
      rules += opening["framing"].flatMap(Framing.init).map { [.framing($0)] } ?? []
      if opening["authkey"] != nil { rules += [.authkeyOrder] }
    }
    for step in conversation.allSteps {
      switch step {
      case .call(let call): rules += [.callResult] + (call.value == nil ? [] : [.callArguments])
      case .send(let message): rules += Self.rules(of: message, .valueSent)
      case .receive(let message): rules += Self.rules(of: message, .valueReceived)
      default: break
      }
    }
    return rules.once
  }

  private static func rules(of message: ExampleMessage, _ rule: Requirement) -> [Requirement] {
    guard case .value(_, let codec, _) = message.content else { return [] }
    return [rule] + (Codec(rawValue: codec).map { [.codec($0)] } ?? [])
  }

  /// The rules that a conversation with Python itself checks on a transport.
  private static func rules(of transport: Transport) -> [Requirement] {
    switch transport {
    case .managerQueue: [.queueServed, .queuePut, .queueGet, .queueValue, .queueBytes]
    case .spawnQueue: [.spawnSendOrder, .spawnReceiveOrder, .spawnEnd]
    case .sharedMemory: [.memoryName, .memoryPart, .memorySend, .memoryReceive]
    default: []
    }
  }
}
