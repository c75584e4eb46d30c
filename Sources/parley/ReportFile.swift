import Foundation

/// A file that a report is written to: whole, or not at all.
struct ReportFile {
  let path: String

  /// Why a report was not written.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Whether the report goes to standard output.
  var isStandardOutput: Bool { path == "-" }

  /// Makes sure, as far as that can be known beforehand, that the file can be written.
  ///
  /// - Throws: ``Failure`` naming what is in the way.
  func check() throws(Failure) {
    guard !isStandardOutput else { return }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists && isFolder.boolValue {
      throw Failure(description: "Cannot write the report \(path): it is a folder. Name a file.")
    }
    if exists && !isRegular { return }
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure(description: "Cannot write the report \(path): there is no folder \(folder). Make it first.")
    }
    guard access(folder, W_OK) == 0 else { throw failure("its folder refuses new files") }
  }

  /// Writes the report under another name and renames it, so that nothing that looks whole is ever half.
  ///
  /// What is no regular file, such as `/dev/stdout` or a FIFO, is written as it is.
  ///
  /// - Throws: ``Failure`` naming the path and the cure; nothing is left behind.
  func write(_ text: String) throws(Failure) {
    let bytes = Data(text.utf8)
    if isStandardOutput { return try Self.write(bytes, to: STDOUT_FILENO, else: failure) }
    try check()
    if FileManager.default.fileExists(atPath: path) && !isRegular {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
      defer { close(descriptor) }
      return try Self.write(bytes, to: descriptor, else: failure)
    }
    let target = resolved
    let temporary = "\(folder)/.parley-\(getpid())-\((target as NSString).lastPathComponent.prefix(100)).part"
    var isInPlace = false
    defer { if !isInPlace { unlink(temporary) } }
    try make(temporary, bytes)
    guard rename(temporary, target) == 0 else { throw failure(String(cString: strerror(errno))) }
    isInPlace = true
  }

  /// Whether this is the file at another path.
  func isSame(as other: String) -> Bool { resolved == ReportFile(path: other).resolved }

  private func make(_ temporary: String, _ bytes: Data) throws(Failure) {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    var isClosed = false
    defer { if !isClosed { close(descriptor) } }
    try Self.write(bytes, to: descriptor, else: failure)
    // Before the rename: some file systems tell only now that there was no room.
    isClosed = true
    guard close(descriptor) == 0 else { throw failure(String(cString: strerror(errno))) }
  }

  private var folder: String {
    let folder = (resolved as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// The path behind a symbolic link, which stays one.
  private var resolved: String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  private var isRegular: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private func failure(_ reason: String) -> Failure {
    Failure(
      description:
        "Cannot write the report \(path): \(reason). Make room or choose another path; parley report makes it from the journal."
    )
  }

  private static func write(_ bytes: Data, to descriptor: Int32, else failure: (String) -> Failure) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { unsafe in Foundation.write(descriptor, unsafe.baseAddress, unsafe.count) }
      if count < 0 && errno == EINTR { continue }
      // A reader that has gone away has what it wanted.
      if count < 0 && errno == EPIPE { return }
      guard count > 0 else { throw failure(String(cString: strerror(errno))) }
      rest = rest.dropFirst(count)
    }
  }
}
