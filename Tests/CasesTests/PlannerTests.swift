import AdapterProtocol
import Journal
import Places
import Testing
import WireFormats

@testable import Cases

@Suite struct PlannerTests {
  static let everything = capabilities("a")

  @Test func usualPlanVisitsEveryTransportAndFramingOnce() {
    let channels = Set(Planner([Self.everything]).plan(breadth: .usual).entries.compactMap(\.pairing?.channel))
    for transport in Transport.inMatrix { #expect(channels.contains { $0.transport == transport }, "\(transport)") }
    for framing in Framing.allCases { #expect(channels.contains { $0.framing == framing }, "\(framing)") }
    #expect(channels.allSatisfy { $0.transport == .unix || $0.framing == .multiprocessing || $0.framing == .none })
  }

  @Test func quickPlanHasOneCaseForEachChannelAndPair() {
    let quick = Planner([Self.everything, Self.capabilities("b")]).plan(breadth: .quick).entries
    #expect(Set(quick.map { "\($0.name.channel)/\($0.name.pair)" }).count == (Channel.usual + Channel.values).count * 4)
    #expect(Set(quick.map { "\($0.name.suite)/\($0.name.channel)/\($0.name.pair)" }).count == quick.count)
  }

  @Test func fullPlanIsTheWholeProduct() {
    let full = Planner([Self.everything]).plan(breadth: .full).entries
    let streams = Transport.inMatrix.filter(\.traits.isStream).count
    #expect(
      Set(full.compactMap(\.pairing?.channel)).filter { $0.codec == nil }.count == streams
        * (Framing.allCases.count - 1) + Transport.inMatrix.count - streams - 1)
  }

  @Test func eachBreadthContainsTheNarrower() {
    let planner = Planner([Self.everything, Self.capabilities("b", transports: ["unix"])])
    let (quick, usual, full) = (names(planner, .quick), names(planner, .usual), names(planner, .full))
    #expect(quick.isStrictSubset(of: usual))
    #expect(usual.isStrictSubset(of: full))
  }

  @Test(arguments: [Breadth.quick, .usual, .full])
  func namesAreUniqueAndReadable(_ breadth: Breadth) {
    let entries = Planner([Self.everything, Self.capabilities("b.2_x")]).plan(breadth: breadth).entries
    #expect(Set(entries.map(\.name)).count == entries.count)
    for entry in entries { #expect(CaseName(entry.name.description) == entry.name) }
  }

  @Test func sameAdaptersGiveTheSamePlanInWhateverOrder() {
    let adapters = ["c", "a", "b"].map { Self.capabilities($0) }
    let plan = Planner(adapters).plan(breadth: .usual).entries.map(\.name)
    #expect(plan == Planner(adapters).plan(breadth: .usual).entries.map(\.name))
    #expect(plan == Planner(adapters.reversed()).plan(breadth: .usual).entries.map(\.name))
  }

  @Test func everyPairComesInBothOrders() {
    let entries = Planner([Self.everything, Self.capabilities("b")]).plan(breadth: .quick).entries
    #expect(Set(entries.map(\.name.pair)) == ["a-a", "a-b", "b-a", "b-b"])
  }

  @Test func whatIsNotDeclaredIsUnsupportedByWhomAndWhat() throws {
    let poor = Self.capabilities("poor", transports: ["unix"], framings: ["line", "none"])
    let entries = Planner([Self.everything, poor]).plan(breadth: .usual).entries
    func obstacle(_ channel: String, _ pair: String) throws -> Plan.Obstacle? {
      try #require(entries.first { $0.name.channel == channel && $0.name.pair == pair }).obstacle
    }
    let noTransport = Plan.Obstacle(LackRecord(adapter: "poor", kind: .transport, name: "tcp"))
    let noFraming = Plan.Obstacle(LackRecord(adapter: "poor", kind: .framing, name: "varint"))
    #expect(try obstacle("tcp+multiprocessing", "a-a") == nil)
    for pair in ["a-poor", "poor-a", "poor-poor"] {
      #expect(try obstacle("tcp+multiprocessing", pair) == noTransport)
      #expect(try obstacle("unix+varint", pair) == noFraming)
      #expect(try obstacle("unix+line", pair) == nil)
    }
  }

  @Test func featureThatIsNotDeclaredIsUnsupportedWhereItIsNeeded() {
    var poor = Self.capabilities("poor")
    poor.features = []
    let entries = Planner([Self.everything, poor]).plan(breadth: .usual).entries
    for entry in entries {
      let isLacking = entry.pairing?.scenario.feature != nil && entry.name.pair != "a-a"
      #expect(entry.obstacle?.outcome == (isLacking ? .unsupported : nil), "\(entry.name)")
      if let feature = entry.pairing?.scenario.feature, isLacking {
        #expect(entry.obstacle?.reason == "poor does not declare the feature \(feature)")
      }
    }
  }

  @Test func codecThatIsNotDeclaredIsUnsupportedOnItsChannels() {
    var poor = Self.capabilities("poor")
    poor.codecs = ["json"]
    for entry in Planner([Self.everything, poor]).plan(breadth: .usual).entries {
      let codec = entry.pairing?.channel.codec
      let isLacking = codec != nil && codec != .json && entry.name.pair != "a-a"
      #expect(entry.obstacle?.outcome == (isLacking ? .unsupported : nil), "\(entry.name)")
      if let codec, isLacking {
        #expect(entry.obstacle?.reason == "poor does not declare the codec \(codec.rawValue)")
      }
    }
  }

  @Test func nothingIsLeftOutForWantOfADeclaration() {
    let planner = Planner([Self.everything, Self.capabilities("none", transports: [], framings: [])])
    #expect(names(planner, .usual) == names(Planner([Self.everything, Self.capabilities("none")]), .usual))
  }

  @Test func scenariosThatNeedTheTapAreNotRunWithoutIt() {
    let entries = Planner([Self.everything]).plan(breadth: .usual, isTapped: false).entries
    for entry in entries {
      #expect(entry.obstacle?.outcome == (entry.pairing?.scenario.needsTap == true ? .notRun : nil), "\(entry.name)")
    }
    #expect(entries.contains { $0.pairing?.scenario.needsTap == true })
    #expect(entries.count == Planner([Self.everything]).plan(breadth: .usual).entries.count)
  }

  @Test func globsSelectAmongThePlan() {
    let planner = Planner([Self.everything, Self.capabilities("b")])
    let plan = planner.plan(breadth: .usual, globs: [CaseGlob("messages/unix+*/a-b/greeting"), CaseGlob("slot/**")])
    let expected = names(planner, .usual).filter { name in
      name.hasPrefix("slot/")
        || name.hasPrefix("messages/unix+") && name.hasSuffix("/a-b/greeting")
    }
    #expect(Set(plan.entries.map(\.name.description)) == expected)
    #expect(planner.plan(breadth: .usual, globs: [CaseGlob("nothing")]).entries.isEmpty)
  }

  @Test func oneOfThePartnersIsInEveryPair() {
    let planner = Planner(["a", "b", "c"].map { Self.capabilities($0) })
    let pairs = Set(planner.plan(breadth: .quick, partners: ["b"]).entries.map(\.name.pair))
    #expect(pairs == ["a-b", "b-a", "b-b", "b-c", "c-b"])
    let more = Set(planner.plan(breadth: .quick, partners: ["b", "a"]).entries.map(\.name.pair))
    #expect(more == pairs.union(["a-a", "a-c", "c-a"]))
  }

  @Test func plansAHundredThousandCases() {
    let adapters = (0..<21).map { Self.capabilities("fake\($0)") }
    let entries = Planner(adapters).plan(breadth: .usual).entries
    let one = Planner([Self.everything]).plan(breadth: .usual).entries.count
    #expect(entries.count == one * 21 * 21)
    #expect(entries.count > 100_000)
  }

  @Test func usualPlanGrowsWithTheNumberOfAdaptersAndNotWithItsSquare() {
    let many = ["python", "swift"] + (1...14).map { "fake\($0)" }
    let planner = Planner(many.map { Self.capabilities($0) })
    let (quick, usual, full) = (
      planner.plan(breadth: .quick).entries, planner.plan(breadth: .usual).entries, planner.plan(breadth: .full).entries
    )
    func scenarios(_ entries: [Plan.Entry], _ pair: String) -> Set<String> {
      Set(entries.filter { $0.name.pair == pair }.map { "\($0.name.suite)/\($0.name.channel)/\($0.name.scenario)" })
    }
    let all = scenarios(usual, "swift-swift")
    let long = all.filter {
      $0.hasSuffix("/size-16777216") || $0.hasSuffix("-messages") && !$0.hasSuffix("/bad-messages")
    }
    #expect(long.count == 4)
    for pair in ["swift-fake1", "fake1-swift", "python-swift"] {
      let isAll = scenarios(usual, pair) == all
      #expect(isAll, "\(pair)")
    }
    for pair in ["python-fake9", "fake9-python", "python-python"] {
      let isAllButLong = scenarios(usual, pair) == all.subtracting(long)
      #expect(isAllButLong, "\(pair)")
    }
    for pair in ["fake1-fake2", "fake14-fake1", "fake3-fake3"] {
      let isQuick = scenarios(usual, pair) == scenarios(quick, pair) && !scenarios(quick, pair).isEmpty
      #expect(isQuick, "\(pair)")
    }
    let hasEverything = Set(full.map(\.name.scenario)) == Set(usual.map(\.name.scenario))
    #expect(hasEverything)
    let named = planner.plan(breadth: .usual, partners: ["fake1"]).entries
    for pair in ["fake1-fake2", "fake2-fake1"] {
      let isMore = scenarios(named, pair).isStrictSuperset(of: all)
      #expect(isMore, "\(pair)")
    }
    #expect(scenarios(named, "fake2-fake3").isEmpty)
  }

  @Test func aGlobThatNamesAPairSelectsAllItsCases() {
    let planner = Planner(["python", "swift", "fake1", "fake2"].map { Self.capabilities($0) })
    func names(_ globs: String...) -> Set<String> {
      Set(planner.plan(breadth: .usual, globs: globs.map(CaseGlob.init)).entries.map(\.name.description))
    }
    let usual = Set(planner.plan(breadth: .usual).entries.map(\.name.description))
    let pair = names("**/fake1-fake2/**")
    let count = usual.filter { $0.contains("/fake1-fake2/") }.count
    #expect(pair.count > 10 * count && pair.contains("messages/tcp+multiprocessing/fake1-fake2/size-16777216"))
    #expect(
      names("messages/unix+line/{fake1-fake2,fake2-fake1}").count == pair.filter { $0.hasPrefix("messages/unix+line/") }
        .count * 2)
    let channel = names("messages/unix+line/**")
    let isTheUsual = channel == usual.filter { $0.hasPrefix("messages/unix+line/") }
    #expect(isTheUsual)
  }

  @Test func withoutSwiftAndPythonTheUsualPlanHasEveryPairInFull() {
    let pairs = Dictionary(
      grouping: Planner([Self.everything, Self.capabilities("b")]).plan(breadth: .usual).entries, by: \.name.pair)
    #expect(Set(pairs.values.map(\.count)).count == 1)
  }

  @Test func aDeclaredLimitLeavesOutItsKindOfValuesAlone() {
    var limited = Self.capabilities("limited")
    limited.limits = ["json:large-int"]
    let entries = Planner([Self.everything, limited]).plan(breadth: .full).entries
    let left = entries.filter { $0.obstacle != nil }
    #expect(Set(left.map(\.name.scenario)) == ["large-int"])
    #expect(Set(left.map(\.name.pair)) == ["a-limited", "limited-a", "limited-limited"])
    #expect(left.allSatisfy { $0.obstacle?.reason == "limited declares the limit json:large-int" })
  }

  private func names(_ planner: Planner, _ breadth: Breadth) -> Set<String> {
    Set(planner.plan(breadth: breadth).entries.map(\.name.description))
  }

  private static func capabilities(
    _ name: String, transports: [String] = Transport.inMatrix.map(\.rawValue),
    framings: [String] = Framing.allCases.map(\.rawValue)
  ) -> Planner.Capabilities {
    let features = Suite.allCases.flatMap(\.scenarios).compactMap(\.feature)
    return Planner.Capabilities(
      name: name, transports: Set(transports), framings: Set(framings), codecs: Set(Codec.allCases.map(\.rawValue)),
      features: Set(features))
  }
}
