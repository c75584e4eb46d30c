import Cases

/// The names that belong to one case: its folder and its tag.
struct CaseSite {
  /// The path of the case's folder.
  let folder: String
  /// A text unique to the case, for names outside the file system.
  let tag: String
  /// The endpoints' `TMPDIR`.
  let temporaryFolder: String

  /// The addresses of a channel's sockets.
  func address(_ channel: Channel) -> LinkAddress {
    LinkAddress(channel: channel, folder: folder, temporaryFolder: temporaryFolder, tag: tag)
  }
}
