package import Cases
package import Endpoints

/// Where a tap's client comes, or its server is, as people write it.
///
/// A path, `@name`, `127.0.0.1:PORT`, `seqpacket:PATH`, `datagram:PATH` or `dotnet-pipe:NAME`.
package struct TapAddress: Equatable, Sendable {
  /// What the socket carries.
  package enum Kind: Equatable, Sendable {
    case stream, packets, datagrams
  }

  /// The system's address.
  package let socket: SocketAddress
  /// What the socket carries.
  package let kind: Kind
  /// As it was written.
  package let text: String

  private static let prefixes = ["seqpacket", "datagram", "dotnet-pipe", "unix"]

  /// Reads an address.
  ///
  /// - Throws: a usage error with the forms that there are.
  package init(_ text: String, option: String) throws(HarnessError) {
    self.text = text
    func wrong(_ reason: String) -> HarnessError { HarnessError("\(option) \(text): \(reason).", isUsage: true) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard !text.isEmpty else {
      throw wrong("it is empty; give a path, @name, 127.0.0.1:PORT, seqpacket:PATH, datagram:PATH or dotnet-pipe:NAME")
    }
    if text.hasPrefix("@") {
      guard text.count > 1 else { throw wrong("an abstract name has at least one byte after the @") }
      (socket, kind) = (.abstract(name: String(text.dropFirst())), .stream)
      return
    }
    guard parts.count == 2, !parts[0].contains("/") else {
      (socket, kind) = (.unix(path: text), .stream)
      return
    }
    if ["127.0.0.1", "localhost", "tcp"].contains(parts[0]) {
      guard parts[0] == "127.0.0.1", let port = UInt16(parts[1]) else {
        throw wrong("write a TCP port as 127.0.0.1:PORT, with a port of 0 to 65535")
      }
      (socket, kind) = (.tcp(port: port), .stream)
      return
    }
    guard !parts[1].isEmpty else { throw wrong("there is nothing after the colon") }
    switch parts[0] {
    case "seqpacket": (socket, kind) = (Self.unix(parts[1]), .packets)
    case "datagram": (socket, kind) = (Self.unix(parts[1]), .datagrams)
    case "dotnet-pipe": (socket, kind) = (.dotnetPipe(name: parts[1]), .stream)
    case "unix": (socket, kind) = (.unix(path: parts[1]), .stream)
    default:
      // A path may have a colon, but a word that is nearly a prefix was probably meant as one.
      if let nearest = NearestWord.to(parts[0], among: Self.prefixes) {
        throw wrong("did you mean \(nearest):\(parts[1])? For a path with a colon write ./\(text)")
      }
      (socket, kind) = (.unix(path: text), .stream)
    }
  }

  private static func unix(_ name: String) -> SocketAddress {
    name.hasPrefix("@") ? .abstract(name: String(name.dropFirst())) : .unix(path: name)
  }
}
