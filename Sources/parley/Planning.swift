import ArgumentParser
import Harness
import Journal

extension CaseOptions {
  /// Plans the cases.
  ///
  /// - Throws: a usage error for a glob or an adapter that nothing fits.
  func plan(_ adapters: [Adapter], isTapped: Bool) throws -> Plan {
    if let with, !adapters.contains(where: { $0.name == with }) {
      let known = adapters.map(\.name).joined(separator: ", ")
      throw ValidationError("--with names \"\(with)\", which is no adapter; there are \(known).")
    }
    let planner = Planner(adapters)
    let patterns = globs.map(CaseGlob.init)
    var plan = planner.plan(breadth: breadth, globs: patterns, partner: with, isTapped: isTapped)
    if plan.entries.isEmpty, breadth == .usual, !globs.isEmpty {
      // A case that only --full plans can be named without it.
      plan = planner.plan(breadth: .full, globs: patterns, partner: with, isTapped: isTapped)
    }
    for pattern in patterns where !plan.entries.contains(where: { pattern.matches($0.name.description) }) {
      throw ValidationError(
        "No case fits \"\(pattern.pattern)\". A name is suite/channel/pair/scenario; parley list prints them all.")
    }
    guard !plan.entries.isEmpty else { throw ValidationError("There is nothing to run: no adapter was found.") }
    return plan
  }
}
