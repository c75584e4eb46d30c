import Cases

/// Where a case takes place: its folder, and a text that no other case uses.
struct CaseSite {
  /// The case's own folder.
  let folder: String
  /// A text for names outside the file system.
  let tag: String
  /// What the endpoints have as `TMPDIR`.
  let temporaryFolder: String

  /// Where the sockets of a channel are.
  func address(_ channel: Channel) -> LinkAddress {
    LinkAddress(channel: channel, folder: folder, temporaryFolder: temporaryFolder, tag: tag)
  }
}
