import CPlatform
import Foundation

/// The limit of open files of this process.
package enum DescriptorLimit {
  /// Raises the soft limit to the hard one; child processes get the old one back.
  ///
  /// - Returns: the number of descriptors that this process may have.
  @discardableResult
  package static func raise() -> Int {
    let limit = parley_raise_descriptor_limit()
    // Every system allows that many.
    return limit > 0 ? Int(limit) : 256
  }

  /// The number of descriptors that an endpoint may have: the soft limit with which this process started.
  package static var ofEndpoints: Int {
    let limit = parley_child_descriptor_limit()
    // Without a limit that is known, the least that systems start with.
    return limit > 0 ? Int(limit) : 64
  }

  /// The number of descriptors that are open now.
  package static var inUse: Int { Ledger.descriptors(of: getpid())?.count ?? 16 }
}
