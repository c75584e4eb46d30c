import ArgumentParser
import Cases
import Foundation
import Journal
import Runner

extension Repository {
  /// Finds the repository's examples, and those of declarations outside it.
  func examples(outside files: [String], _ adapters: AdapterOptions) throws -> [Example] {
    let catalog = try ExampleCatalog(
      adapters: AdapterCatalog.folders(in: interop), runtimes: adapters.runtimeChoice)
    let outside = files.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return try catalog.examples(ExampleCatalog.declarations(in: notes), suite: ExampleCatalog.notes)
      + catalog.examples(outside, suite: ExampleCatalog.outside)
  }
}

extension CaseOptions {
  /// Finds the repository's examples, and those that are named.
  func examples(_ repository: Repository, _ adapters: AdapterOptions) throws -> [Example] {
    try repository.examples(outside: exampleFiles, adapters)
  }

  /// Plans the cases.
  ///
  /// - Throws: a usage error for a glob or an adapter that nothing fits.
  func plan(_ adapters: [Adapter], _ examples: [Example], isTapped: Bool) throws -> Plan {
    if let with, !adapters.contains(where: { $0.name == with }) {
      let known = adapters.map(\.name).joined(separator: ", ")
      throw ValidationError("--with names \"\(with)\", which is no adapter; there are \(known).")
    }
    let planner = Planner(adapters)
    // Examples that are named are what is asked for, unless something else is named too.
    let chosen = globs.isEmpty && !exampleFiles.isEmpty ? ["\(ExampleCatalog.outside)/**"] : globs
    let patterns = chosen.map(CaseGlob.init)
    var plan = planner.plan(breadth: breadth, globs: patterns, partner: with, isTapped: isTapped)
    plan.append(planner.entries(examples, breadth: breadth, globs: patterns, partner: with))
    if plan.entries.isEmpty, breadth == .usual, !patterns.isEmpty {
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

extension Plan {
  /// Refuses a plan of which nothing can be tried here.
  ///
  /// A shard may be empty: its journal is needed to merge all of them.
  ///
  /// - Throws: a usage error with the commands that install what is missing.
  func refuseEmptiness(_ adapters: [Adapter]) throws {
    let isNobodyThere = adapters.allSatisfy { if case .missing = $0.state { true } else { false } }
    guard missingCount > 0, part?.shard == nil, entries.isEmpty || isNobodyThere else { return }
    let cures = adapters.compactMap { adapter -> String? in
      guard case .missing(let program, let install) = adapter.state else { return nil }
      return "\(adapter.name) needs \(program); install it with: \(install)"
    }
    throw ValidationError("Nothing of this can be tried here. \(cures.joined(separator: ". ")).")
  }
}
