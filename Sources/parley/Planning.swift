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
      + catalog.examples(ExampleCatalog.declarations(in: wild), suite: ExampleCatalog.wild)
      + catalog.examples(outside, suite: ExampleCatalog.outside)
  }
}

extension MatrixRun.Options {
  /// Takes the wanted number of jobs, or as many as the limit of open files allows, and says so if they are fewer.
  ///
  /// - Parameters:
  ///   - wanted: the number of jobs, 1 or more.
  ///   - limit: how many descriptors may be open.
  ///   - inUse: how many were, before anything was started.
  /// - Throws: ``HarnessError`` where not even one job fits.
  mutating func use(jobs wanted: Int, limit: Int, inUse: Int) throws(HarnessError) {
    descriptors = try DescriptorBudget(
      limit: limit, inUse: inUse, jobs: wanted, endpointLimit: DescriptorLimit.ofEndpoints)
    jobs = descriptors.jobs
    if let remark = descriptors.remark(wanted: wanted, limit: limit) { Status.complain(remark) }
  }
}

extension CaseOptions {
  /// Finds the repository's examples, and those that are named.
  func examples(_ repository: Repository, _ adapters: AdapterOptions) throws -> [Example] {
    try repository.examples(outside: exampleFiles, adapters)
  }

  /// What to say of examples that are not planned.
  func notes(on examples: [Example]) -> [String] {
    globs.isEmpty && exampleFiles.isEmpty ? ExampleCatalog.absence(in: examples).map { [$0] } ?? [] : []
  }

  /// Plans the cases.
  ///
  /// - Throws: a usage error for a glob or an adapter that nothing fits.
  func plan(_ adapters: [Adapter], _ all: [Example], isTapped: Bool) throws -> Plan {
    let examples = all.filter { !globs.isEmpty || $0.suite != ExampleCatalog.wild || $0.isInstalled }
    let names = adapters.map(\.name)
    if let unknown = partners.first(where: { !names.contains($0) }) {
      throw ValidationError(
        "--with names \"\(unknown)\", which is no adapter; \(NearestWord.advice(unknown, among: names)).")
    }
    let planner = Planner(adapters)
    // Examples that are named are what is asked for, unless something else is named too.
    let chosen = globs.isEmpty && !exampleFiles.isEmpty ? ["\(ExampleCatalog.outside)/**"] : globs
    let patterns = chosen.map(CaseGlob.init)
    var plan = planner.plan(breadth: breadth, globs: patterns, partners: partners, isTapped: isTapped)
    // Whoever names conversations wants them with every adapter.
    let breadthOfExamples = breadth == .usual && !globs.isEmpty ? .full : breadth
    plan.append(planner.entries(examples, breadth: breadthOfExamples, globs: patterns, partners: partners))
    let left = Self.unused(patterns, plan)
    if !left.isEmpty, breadth == .usual {
      // A case that only --full plans can be named without it.
      plan.append(planner.plan(breadth: .full, globs: left, partners: partners, isTapped: isTapped).entries)
    }
    if patterns.contains(where: { $0.pattern.contains("{") }) {
      let advice = GlobAdvice(planner.plan(breadth: .full).entries.map(\.name), adapters: names)
      for pattern in patterns {
        guard let mistake = advice.mistypedAlternative(in: pattern.pattern) else { continue }
        throw ValidationError("In \"\(pattern.pattern)\": \(mistake)")
      }
    }
    if !left.isEmpty, let pattern = Self.unused(left, plan).first {
      throw ValidationError(unfitting(pattern, planner, examples))
    }
    guard !plan.entries.isEmpty else { throw ValidationError("There is nothing to run: no adapter was found.") }
    return plan
  }

  /// The globs that no case of a plan fits.
  private static func unused(_ globs: [CaseGlob], _ plan: Plan) -> [CaseGlob] {
    guard !globs.isEmpty else { return [] }
    let names = plan.entries.map(\.name.description)
    return globs.filter { !names.contains(where: $0.matches) }
  }

  /// Says why no case fits a glob: an option leaves them out, or a word is wrong.
  private func unfitting(_ glob: CaseGlob, _ planner: Planner, _ examples: [Example]) -> String {
    let start = "No case fits \"\(glob.pattern)\""
    let all = planner.plan(breadth: .full).entries + planner.entries(examples, breadth: .full)
    let fitting = all.filter { glob.matches($0.name.description) }
    guard fitting.isEmpty else {
      let options = partners.map { "--with \($0)" } + (quick ? ["--quick"] : [])
      if !partners.isEmpty, fitting.allSatisfy(\.adapters.isEmpty) {
        return "\(start) with \(partners.map { "--with \($0)" }.joined(separator: " ")): "
          + "the conversations that fit are alone, so no adapter takes part in them. Leave --with out."
      }
      let count = fitting.count == 1 ? "1 case fits" : "\(fitting.count) cases fit"
      return "\(start) with \(options.joined(separator: " ")); without, \(count)."
    }
    let advice = GlobAdvice(all.map(\.name), adapters: planner.capabilities.map(\.name))
    return "\(start): \(advice.sentence(glob.pattern))"
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
