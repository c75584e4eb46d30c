/// The channels of a link, by the names that the endpoints are told.
package enum ChannelName: String, Sendable, CaseIterable {
  case forward = "c"
  case back = "d"
}

/// A step of opening a link.
package enum LinkStep: Equatable, Sendable {
  case open(Side, ChannelName)
  case accept(Side)
  case barrier
}
