package import Cases

/// How many descriptors a run may use, and how many jobs and which stocks follow from it.
///
/// A job keeps its endpoints as long as its share allows; with a small share it starts them more often, and with too small a
/// one it cannot work at all.
package struct DescriptorBudget: Equatable, Sendable {
  /// The number of jobs that the limit allows, at most the wanted one.
  package let jobs: Int
  /// The descriptors that the endpoints of one job may use.
  package let share: Int
  /// The descriptors that an endpoint may have.
  private let endpointLimit: Int

  /// No bound but that of the endpoints.
  package static let unlimited = Self(jobs: .max, share: .max, endpointLimit: DescriptorLimit.ofEndpoints)

  /// An endpoint's three pipes and the descriptor that reports its end.
  static let perEndpoint = 4
  /// A slot of a stock: two pipes, or one socketpair with half as many.
  static let perSlot = 2
  /// What starting an endpoint needs for a moment beyond what stays: the child's ends.
  static let perStart = 8 + perSlot * EndpointPool.linksPerCase
  /// The sockets and files of one case: up to four links of three sockets or two FIFOs in each direction, and its places.
  static let perCase = 48
  /// The least share with which a job can run every case: both endpoints, each with the smallest stock.
  static let least = 2 * (perEndpoint + perSlot * EndpointPool.linksPerCase) + perStart + perCase
  /// The journal, the reports, a build.
  private static let reserve = 24

  /// Divides a limit.
  ///
  /// - Parameters:
  ///   - limit: the number of descriptors that the process may have.
  ///   - inUse: the number of those that are open already.
  ///   - wanted: the wanted number of jobs, 1 or more.
  ///   - endpointLimit: the number of descriptors that an endpoint may have.
  /// - Throws: ``HarnessError`` that names the needed limit if not even one job fits.
  package init(limit: Int, inUse: Int, jobs wanted: Int, endpointLimit: Int) throws(HarnessError) {
    let free = limit - inUse - Self.reserve
    jobs = min(wanted, free / Self.least)
    guard jobs > 0 else {
      throw HarnessError(
        "The limit of open files is \(limit), and a run needs at least \(inUse + Self.reserve + Self.least). Raise it with ulimit -n."
      )
    }
    share = free / jobs - Self.perCase
    self.endpointLimit = endpointLimit
  }

  private init(jobs: Int, share: Int, endpointLimit: Int) {
    self.jobs = jobs
    self.share = share
    self.endpointLimit = endpointLimit
  }

  /// The sentence for a run that gets fewer jobs than wanted; nil if it gets them all.
  package func remark(wanted: Int, limit: Int) -> String? {
    jobs < wanted
      ? "\(jobs) \(jobs == 1 ? "job" : "jobs") instead of \(wanted): the limit of open files is \(limit). Raise it with ulimit -n."
      : nil
  }

  /// The number of slots of a persistent endpoint's stock: as many as its limit allows, and as leave room for both sides.
  var stockCount: Int {
    let room = (share - Self.perStart) / 2 - Self.perEndpoint
    // Making a stock takes as many again for a moment.
    return max(EndpointPool.linksPerCase, min(Self.stock(within: endpointLimit), room / (2 * Self.perSlot)))
  }

  /// The number of slots of a persistent endpoint that may have so many descriptors.
  ///
  /// An endpoint gets the user's soft limit back, and must start with all of its slots. They take half of its descriptors; of a
  /// small limit, up to 24 slots may take all but those that a simple program needs itself.
  ///
  /// - Parameter limit: the endpoint's limit of open files.
  /// - Returns: the number, at least what one case may use.
  private static func stock(within limit: Int) -> Int {
    let all = (limit - ownDescriptors) / perSlot
    return min(InheritedStock.largestCount, max(EndpointPool.linksPerCase, limit / 2 / perSlot, min(24, all)))
  }

  /// The descriptors that a simple program has beside its stock: standard streams, its own files, a channel's.
  private static let ownDescriptors = 16

  /// The descriptors that an endpoint with a stock keeps.
  static func cost(stock: Int) -> Int { perEndpoint + perSlot * stock }
}
