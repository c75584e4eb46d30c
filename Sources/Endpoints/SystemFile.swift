import CPlatform

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files of `/proc`, whose size nobody knows.
package enum SystemFile {
  /// The bytes of a file; nil if it cannot be opened.
  ///
  /// Foundation's `Data(contentsOf:)` loses parts of such files when they change meanwhile.
  package static func content(of path: String) -> [UInt8]? {
    let number = parley_open(path, O_RDONLY, 0)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(owning: number)
    var content: [UInt8] = []
    // Large, because what changes between two reads may be missing in both.
    withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 1) { buffer in
      while let count = try? descriptor.read(into: buffer), count > 0 { content += buffer[..<count] }
    }
    return content
  }
}
