// swift-tools-version: 6.2

import Foundation
import PackageDescription

var settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
var cSettings: [CSetting] = []

// A newer compiler may warn about code that is fine today: that must stop our CI, not somebody who only uses the libraries.
if Context.environment["CI"] != nil {
  settings.append(.treatAllWarnings(as: .error))
  cSettings.append(.treatAllWarnings(as: .error))
}

let package = Package(
  name: "Parley",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "WireFormats", targets: ["WireFormats"]),
    .library(name: "Endpoints", targets: ["Endpoints"]),
    .executable(name: "parley", targets: ["parley"]),
    .executable(name: "parley-endpoint", targets: ["parley-endpoint"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(name: "CPlatform", cSettings: cSettings),
    .target(name: "WireFormats", dependencies: ["BigInt"], swiftSettings: settings),
    .target(
      name: "Endpoints",
      dependencies: ["WireFormats", "CPlatform", "BigInt", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .target(name: "AdapterProtocol", dependencies: ["WireFormats"], swiftSettings: settings),
    .target(name: "Journal", swiftSettings: settings),
    // The trunk: each target imports only those above it.
    .target(name: "Cases", dependencies: ["Journal", "AdapterProtocol", "WireFormats"], swiftSettings: settings),
    .target(name: "Baselines", dependencies: ["Cases", "Journal", "Yams"], swiftSettings: settings),
    .target(
      name: "Runner",
      dependencies: [
        "Cases", "Baselines", "Journal", "AdapterProtocol", "Endpoints", "WireFormats", "CPlatform", "Yams",
      ],
      swiftSettings: settings),
    .target(
      name: "Tap", dependencies: ["Cases", "Journal", "Endpoints", "WireFormats", "CPlatform"], swiftSettings: settings),
    .target(
      name: "AdapterCheck",
      dependencies: ["Runner", "Cases", "Journal", "AdapterProtocol", "WireFormats", "Yams"], swiftSettings: settings),
    // In the code, so that the program can be moved; as files, so that editors and linters know what they are.
    .target(
      name: "Reports", dependencies: ["Journal"], exclude: ["Schema"], resources: [.embedInCode("Page")],
      swiftSettings: settings),
    .executableTarget(
      name: "parley",
      dependencies: [
        "AdapterCheck", "Runner", "Tap", "Baselines", "Cases", "Reports", "Journal", "AdapterProtocol", "Endpoints",
        "WireFormats", "CPlatform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "parley-endpoint",
      dependencies: ["AdapterProtocol", "Endpoints", "WireFormats", "CPlatform"],
      swiftSettings: settings),
    .target(
      name: "TestInputs", dependencies: ["WireFormats", "Yams"], path: "Tests/TestInputs", swiftSettings: settings),
    .executableTarget(
      name: "codec-fuzz", dependencies: ["TestInputs", "WireFormats", "AllocationCounter"], path: "Tests/CodecFuzz",
      swiftSettings: settings),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: cSettings),
    .testTarget(
      name: "WireFormatsTests", dependencies: ["TestInputs", "WireFormats", "BigInt", "Yams"], swiftSettings: settings),
    .testTarget(
      name: "EndpointsTests",
      dependencies: ["Endpoints", "WireFormats", "CPlatform", "BigInt", "Yams", "parley-endpoint"],
      exclude: ["Multiprocessing/Python", "SharedMemory/Python"],
      swiftSettings: settings),
    .testTarget(
      name: "AdapterProtocolTests", dependencies: ["AdapterProtocol", "WireFormats"], swiftSettings: settings),
    .testTarget(name: "TapTests", dependencies: ["Tap", "Cases", "Journal", "WireFormats"], swiftSettings: settings),
    .testTarget(name: "JournalTests", dependencies: ["Journal"], swiftSettings: settings),
    .target(
      name: "Places", dependencies: ["Cases", "Runner", "AdapterProtocol", "WireFormats"], path: "Tests/Places",
      swiftSettings: settings),
    .testTarget(
      name: "CasesTests", dependencies: ["Cases", "Places", "TestInputs", "Journal", "AdapterProtocol", "WireFormats"],
      swiftSettings: settings),
    .testTarget(
      name: "BaselinesTests", dependencies: ["Baselines", "Cases", "Places", "TestInputs", "Journal"],
      swiftSettings: settings),
    .testTarget(
      name: "RunnerTests",
      dependencies: [
        "AdapterCheck", "Runner", "Baselines", "Cases", "Places", "Journal", "AdapterProtocol", "Endpoints",
        "WireFormats", "CPlatform", "parley-endpoint",
      ],
      exclude: ["Fakes"],
      swiftSettings: settings),
    .testTarget(
      name: "AdapterCheckTests",
      dependencies: ["AdapterCheck", "Runner", "Cases", "Places", "parley", "parley-endpoint"],
      swiftSettings: settings),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Journal"], exclude: ["browser", "validators", "Golden"],
      swiftSettings: settings),
    .testTarget(name: "ParleyTests", dependencies: ["parley", "parley-endpoint", "Journal"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// The oracle: CPython inside a test process (Debian's python3-dev). Who only builds the products need not have it; in CI, and for
// scripts/test, which sets PARLEY_ORACLE, a missing one must be an error and not a test that quietly is not there.
let searchedFolders =
  (Context.environment["PKG_CONFIG_PATH"] ?? "").split(separator: ":").map(String.init)
  + ["/usr/lib/x86_64-linux-gnu/pkgconfig", "/usr/lib/aarch64-linux-gnu/pkgconfig"]
  + ["/usr/lib/pkgconfig", "/usr/lib64/pkgconfig", "/usr/share/pkgconfig", "/usr/local/lib/pkgconfig"]
let mustHaveOracle = Context.environment["CI"] != nil || Context.environment["PARLEY_ORACLE"] != nil
if mustHaveOracle
  || searchedFolders.contains(where: { FileManager.default.fileExists(atPath: $0 + "/python3-embed.pc") })
{
  package.targets += [
    .systemLibrary(
      name: "CPythonEmbed", path: "Tests/CPythonEmbed", pkgConfig: "python3-embed", providers: [.apt(["python3-dev"])]),
    .testTarget(
      name: "OracleTests", dependencies: ["CPythonEmbed", "TestInputs", "WireFormats", "BigInt"],
      exclude: ["oracle.py"], swiftSettings: settings),
  ]
}
