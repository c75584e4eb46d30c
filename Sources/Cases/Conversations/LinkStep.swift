/// The channels of a link, by their names in commands.
package enum ChannelName: String, Sendable, CaseIterable {
  case forward = "c"
  case back = "d"
}

/// A step in opening a link.
package enum LinkStep: Equatable, Sendable {
  case open(Side, ChannelName)
  case accept(Side)
  case barrier
  /// Waits for the replies of one side; the other may be blocked until it goes on.
  case replies(Side)
}
