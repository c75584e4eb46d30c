import CPlatform

/// A network in which the calling thread, and every process that it starts, is alone: no other process can connect to their
/// ports and abstract names.
struct OwnNetwork {
  private let before: Int32

  /// Moves the calling thread into a new network with a loopback.
  ///
  /// - Returns: the network, to be left from the same thread; nil if the system does not allow it: on Linux only root may,
  ///   and no other system has it.
  static func enter() -> OwnNetwork? {
    let before = parley_enter_new_network()
    return before < 0 ? nil : OwnNetwork(before: before)
  }

  /// Moves the calling thread back to where it was.
  func leave() { _ = parley_return_to_network(before) }
}
