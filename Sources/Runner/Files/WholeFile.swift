import CPlatform
import Cases
import Endpoints
import Foundation

/// Reads and writes whole files without a second copy in memory, because a message can have 16 MiB.
package enum WholeFile {
  /// The bytes of a regular file; nil if it cannot be read.
  package static func read(_ path: String) -> [UInt8]? {
    let number = parley_open(path, O_RDONLY | O_NONBLOCK, 0)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(owning: number)
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Array(unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      while count < bytes.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
        guard let more = try? descriptor.read(into: rest), more > 0 else { return }
        count += more
      }
    }
  }

  /// Creates or replaces a file; returns whether all bytes were written.
  package static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let number = parley_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard number >= 0 else { return false }
    let descriptor = Descriptor(owning: number)
    return (try? descriptor.write(bytes.span)) != nil
  }
}
