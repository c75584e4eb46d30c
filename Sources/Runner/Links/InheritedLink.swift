import AdapterProtocol
import CPlatform
import Cases
import Endpoints
import Foundation
import WireFormats

/// An untapped link over anonymous pipes or a socketpair; both ends are inherited, so the case needs new processes.
final class InheritedLink: Link {
  private let request: LinkRequest
  private var inherited: [Side: [Int32]] = [:]
  private var numbers: [Side: [ChannelName: Int]] = [:]
  let relays: [Relay] = []

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    for name in names {
      var ends: [Int32] = [-1, -1]
      let made = request.channel.traits.isDuplex ? parley_socketpair(&ends) : parley_pipe(&ends)
      guard made == 0 else { throw EndpointError(errno: errno, during: "making a pipe") }
      give(ends[1], to: LinkRequest.sender(on: name), as: name)
      give(ends[0], to: LinkRequest.sender(on: name).other, as: name)
    }
  }

  deinit { closeInheritance() }

  var opening: [LinkStep] { names.flatMap { name in [.open(.writer, name), .open(.reader, name)] } }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    request.openCommand(
      side, name, role: LinkRequest.role(of: side, on: name), address: String(inheritedNumber(side, name) ?? -1))
  }

  func inheritedNumber(_ side: Side, _ name: ChannelName) -> Int? { numbers[side]?[name] }

  func inheritance(_ side: Side) -> [Int32] { inherited[side] ?? [] }

  func closeInheritance() {
    for number in inherited.values.joined() { close(number) }
    inherited = [:]
  }

  private var names: [ChannelName] { request.channel.traits.isDuplex ? [.forward] : request.oneWayNames }

  private func give(_ number: Int32, to side: Side, as name: ChannelName) {
    numbers[side, default: [:]][name] = request.firstDescriptor + (inherited[side]?.count ?? 0)
    inherited[side, default: []].append(number)
  }
}
