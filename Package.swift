// swift-tools-version: 6.2

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
    .target(
      name: "Harness",
      dependencies: ["Journal", "AdapterProtocol", "Endpoints", "WireFormats", "CPlatform", "Yams"],
      swiftSettings: settings),
    .target(name: "Reports", dependencies: ["Journal"], swiftSettings: settings),
    .executableTarget(
      name: "parley",
      dependencies: [
        "Harness", "Reports", "Journal", "CPlatform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "parley-endpoint",
      dependencies: ["AdapterProtocol", "Endpoints", "WireFormats", "CPlatform"],
      swiftSettings: settings),
    .testTarget(name: "WireFormatsTests", dependencies: ["WireFormats", "Yams"], swiftSettings: settings),
    .testTarget(
      name: "EndpointsTests",
      dependencies: ["Endpoints", "WireFormats", "CPlatform", "BigInt", "Yams", "parley-endpoint"],
      swiftSettings: settings),
    .testTarget(
      name: "AdapterProtocolTests", dependencies: ["AdapterProtocol", "WireFormats"], swiftSettings: settings),
    .testTarget(name: "JournalTests", dependencies: ["Journal"], swiftSettings: settings),
    .testTarget(
      name: "HarnessTests",
      dependencies: ["Harness", "Endpoints", "CPlatform", "parley-endpoint"],
      exclude: ["Fakes"],
      swiftSettings: settings),
    .testTarget(
      name: "CheckTests", dependencies: ["Harness", "parley", "parley-endpoint"], swiftSettings: settings),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Journal"], swiftSettings: settings),
    .testTarget(name: "ParleyTests", dependencies: ["parley", "parley-endpoint", "Journal"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
