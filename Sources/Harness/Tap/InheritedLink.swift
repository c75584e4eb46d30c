import AdapterProtocol
import CPlatform
import Endpoints
import Foundation
import WireFormats

/// A link over anonymous pipes or a socketpair, whose ends the endpoints inherit at their start.
final class InheritedLink: Link {
  private let request: LinkRequest
  private var inherited: [Side: [Int32]] = [:]
  private var numbers: [Side: [ChannelName: Int]] = [:]
  private(set) var relays: [Relay] = []

  init(_ request: LinkRequest) throws(EndpointError) {
    self.request = request
    if request.channel.transport == .socketpair {
      try makeSocketpairs()
    } else {
      for name in request.oneWayNames { try makePipes(name) }
    }
  }

  deinit { closeInheritance() }

  var opening: [LinkStep] {
    let names = request.channel.transport == .socketpair ? [.forward] : request.oneWayNames
    return names.flatMap { name in [.open(.writer, name), .open(.reader, name)] }
  }

  func openCommand(_ side: Side, _ name: ChannelName) -> Command {
    let number = numbers[side]?[name] ?? -1
    return request.openCommand(name, role: LinkRequest.role(of: side, on: name), address: String(number))
  }

  func inheritance(_ side: Side) -> [Int32] { inherited[side] ?? [] }

  func closeInheritance() {
    for number in inherited.values.joined() { close(number) }
    inherited = [:]
  }

  private func makeSocketpairs() throws(EndpointError) {
    guard request.isTapped else {
      let pair = try Self.socketpair()
      give(pair.0, to: .writer, as: .forward)
      give(pair.1, to: .reader, as: .forward)
      return
    }
    var ends: [Side: TapEnd] = [:]
    for side in Side.allCases {
      let pair = try Self.socketpair()
      give(pair.0, to: side, as: .forward)
      let end = TapEnd(isDuplex: true)
      end.attach(Descriptor(owning: pair.1))
      ends[side] = end
    }
    guard let writer = ends[.writer], let reader = ends[.reader] else { return }
    relays = [request.relay(from: .writer, writer, reader), request.relay(from: .reader, reader, writer)]
  }

  private func makePipes(_ name: ChannelName) throws(EndpointError) {
    let sender = LinkRequest.sender(on: name)
    let first = try Self.pipe()
    give(first.writer, to: sender, as: name)
    guard request.isTapped else {
      give(first.reader, to: sender.other, as: name)
      return
    }
    let second = try Self.pipe()
    give(second.reader, to: sender.other, as: name)
    let (source, sink) = (TapEnd(isDuplex: false), TapEnd(isDuplex: false))
    source.attach(Descriptor(owning: first.reader))
    sink.attach(Descriptor(owning: second.writer))
    relays.append(request.relay(from: sender, source, sink))
  }

  private func give(_ number: Int32, to side: Side, as name: ChannelName) {
    numbers[side, default: [:]][name] = request.firstDescriptor + (inherited[side]?.count ?? 0)
    inherited[side, default: []].append(number)
  }

  private static func pipe() throws(EndpointError) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard parley_pipe(&ends) == 0 else { throw EndpointError(errno: errno, during: "making a pipe") }
    return (ends[0], ends[1])
  }

  private static func socketpair() throws(EndpointError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard parley_socketpair(&ends) == 0 else { throw EndpointError(errno: errno, during: "making a socketpair") }
    return (ends[0], ends[1])
  }
}
