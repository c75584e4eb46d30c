import WireFormats

/// One client's conversation with a ``ManagerServer``.
///
/// A connection carries either a single request to the server itself, or, after `accept_connection`, any number of calls
/// of shared objects.
struct ManagerConversation: ~Copyable {
  private var connection: MultiprocessingConnection
  private let number: Int32
  private let service: ManagerService
  private var isSession = false

  init(_ connection: consuming MultiprocessingConnection, number: Int32, with service: ManagerService) {
    self.connection = connection
    (self.number, self.service) = (number, service)
  }

  /// Holds it until one of both hangs up.
  ///
  /// Whatever the client does wrong ends this conversation at most.
  mutating func hold() {
    do throws(EndpointError) {
      let deadline = Deadline.after(service.handshakeTime)
      try connection.authenticate(.accepting, key: service.key, until: deadline)
      guard let first = try connection.receiveBytes(until: deadline) else { return }
      try send(answer(first))
      while isSession, let message = try connection.receiveBytes() { try send(answer(message)) }
    } catch {
      // Nobody is there to be told: the client has gone, or does not speak as clients do.
    }
  }

  private mutating func answer(_ message: [UInt8]) -> ManagerAnswer {
    let request: ManagerRequest
    do throws(EndpointError) {
      request = try ManagerRequest(PickledMessage.decode(message))
    } catch {
      return .refused("ValueError: \(error.message)")
    }
    guard let identifier = request.identifier else {
      if request.method == "accept_connection" { isSession = true }
      return service.catalog.answer(request)
    }
    guard let queue = service.catalog.queue(identifier) else {
      return .refused("KeyError: there is no object of the identifier \(identifier)")
    }
    return QueueMethod.call(request, of: queue, for: number)
  }

  private mutating func send(_ answer: ManagerAnswer) throws(EndpointError) {
    do throws(EndpointError) {
      if case .nobody = answer { throw EndpointError(.closed, "The client is gone.") }
      try connection.sendBytes(try answer.message())
    } catch {
      if case .takenOut(let value, let queue) = answer { queue.putBack(value) }
      // What the client may not have for its size or kind, it is told; the conversation goes on.
      guard error.kind == .tooLarge || error.kind == .malformed else { throw error }
      try connection.sendBytes(try ManagerAnswer.refused("ValueError: \(error.message)").message())
    }
  }
}
