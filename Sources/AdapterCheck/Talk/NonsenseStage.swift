import AdapterProtocol
import Cases
import Foundation
import Runner
import WireFormats

/// Some channels, and what is refused while they are open.
struct NonsenseStage: Sendable {
  /// Commands that are obeyed first; the stage is left out if one is not.
  var opening: [Command] = []
  var refused: [Nonsense]

  /// What an adapter is tried with, by what it declares.
  ///
  /// - Parameters:
  ///   - declaration: what it says of itself.
  ///   - folder: an empty folder with a short path, for sockets and files.
  ///   - file: the path of a regular file with a few bytes.
  /// - Returns: them, each with its rule.
  static func stages(_ declaration: Declaration, folder: String, file: String) -> [NonsenseStage] {
    let transports = declaration.transports.compactMap(Transport.init)
    let openings = transports.flatMap { Nonsense.opening($0, framings: declaration.framings, file: file) }
    var stages = [NonsenseStage(refused: openings)]
    if let framing = declaration.framings.first(where: { $0 != "none" }), transports.contains(.unix) {
      stages += connections(
        declaration, transports, "transport=unix address=\(folder)/nonsense framing=", framing, file)
    }
    if transports.contains(.sharedMemory) { stages += memory(file) }
    if transports.contains(.fileCell) { stages += cell("\(file).cell") }
    stages += packets(transports, folder, large: "\(file).large")
    for transport in transports {
      guard let opening = bothEnds(transport, folder) else { continue }
      stages.append(
        NonsenseStage(
          opening: opening, refused: Nonsense.aboutOneWay(transport, features: declaration.features)))
    }
    if transports.contains(.managerQueue), declaration.framings.contains("multiprocessing") {
      stages.append(
        NonsenseStage(
          opening: commands([
            "open channel=c transport=manager-queue role=listen address=\(folder)/queue framing=multiprocessing authkey=6b"
          ]),
          refused: Nonsense.aboutManager(features: declaration.features)))
    }
    return stages
  }

  /// What is tried between a listener and a connection, both the adapter's own: nobody else is there, and nothing waits.
  private static func connections(
    _ declaration: Declaration, _ transports: [Transport], _ at: String, _ framing: String, _ file: String
  ) -> [NonsenseStage] {
    let pair = ["open channel=c role=listen \(at)\(framing)", "open channel=d role=connect \(at)\(framing)"]
    var stages = [
      NonsenseStage(
        opening: commands(pair),
        refused: Nonsense.aboutConnection(codecs: declaration.codecs, features: declaration.features)
          + (transports.contains(.unixDatagram)
            ? [
              Nonsense(
                "a datagram socket to the file of a stream socket",
                "open channel=e role=connect \(at.replacing("=unix ", with: "=unix-datagram "))none", .refused,
                breaking: .datagramOtherType)
            ] : [])),
      NonsenseStage(
        opening: commands(pair + ["accept channel=c", "close channel=c"]),
        refused: [
          Nonsense(
            "a file of 64 MiB and a byte", "send channel=d file=\(file).huge", .tooLarge, breaking: .defaultLimit),
          Nonsense("send when the peer is gone", "send channel=d payload=61", .closed, breaking: .closedKind),
          Nonsense(
            "connect where the listener was closed", "open channel=e role=connect \(at)\(framing)", .missing,
            breaking: .closeRemovesSocketFile),
        ]),
      NonsenseStage(
        opening: commands(pair + ["accept channel=c", "send channel=d payload=61", "close channel=c"]),
        refused: [
          Nonsense(
            "receive when the peer went away with unread data", "receive channel=d", .reset, breaking: .resetKind)
        ]),
    ]
    if declaration.features.contains("echo") {
      stages.append(
        NonsenseStage(
          opening: commands(pair + ["accept channel=c", "close channel=d"]),
          refused: [
            Nonsense("echo of a stream that has ended", "echo channel=c count=1", .closed, breaking: .endInLoop)
          ]))
    }
    if declaration.codecs.contains("json"), framing != "content-length" {
      // In a reply each number has five characters more.
      let message = Hex.text("[1\(String(repeating: ",1", count: 50_000))]".utf8)
      stages.append(
        NonsenseStage(
          opening: commands(pair + ["accept channel=c", "send channel=d payload=\(message)"]),
          refused: [
            Nonsense(
              "a value too long for a reply", "receive channel=c codec=json", .usage, breaking: .valueTooLongForLine)
          ]))
    }
    if declaration.codecs.contains("shareable-list") {
      stages.append(
        NonsenseStage(
          opening: commands(pair + ["accept channel=c", "send channel=d payload=ffffffffffffff7f"]),
          refused: [
            Nonsense(
              "more items than there is memory", "receive channel=c codec=shareable-list", .malformed,
              breaking: .listMisfit)
          ]))
    }
    if declaration.codecs.contains("shareable-list"),
      let list = try? Codec.shareableList.encode(.list([.text("ab")]))
    {
      // The text's bytes stand in the message as they are.
      let notUTF8 = list.map { $0 == UInt8(ascii: "a") || $0 == UInt8(ascii: "b") ? 0xff : $0 }
      let messages = [list + [1, 2, 3], notUTF8].map { "send channel=d payload=\(Hex.text($0))" }
      stages.append(
        NonsenseStage(
          opening: commands(pair + ["accept channel=c"] + messages),
          refused: [
            Nonsense(
              "bytes behind a list", "receive channel=c codec=shareable-list",
              answers: .ok([Field("value", "list:1,text:6162")]), by: .listTrailingBytes),
            Nonsense(
              "a text that is no UTF-8", "receive channel=c codec=shareable-list", .malformed,
              breaking: .listTextNotUTF8),
          ]))
    }
    if transports.contains(.dotnetPipe) {
      stages.append(
        NonsenseStage(
          opening: commands([pair[0].replacing("transport=unix ", with: "transport=dotnet-pipe ")]),
          refused: [
            Nonsense(
              "connecting to the absolute path of a dotnet-pipe", pair[1], answers: .ok, by: .dotnetPipeAbsolutePath)
          ]))
    }
    guard declaration.framings.contains("line") else { return stages }
    let short = ["open channel=c role=listen \(at)line", "open channel=e role=connect limit=2 \(at)line"]
    stages.append(NonsenseStage(opening: commands(short), refused: Nonsense.aboutShortLine(file: file)))
    for bytes in RawBytes.all where declaration.framings.contains(bytes.framing.rawValue) {
      let listener = "open channel=c role=listen limit=\(bytes.limit) \(at)\(bytes.framing.rawValue)"
      let lines = bytes.lines.map { "send channel=d payload=\(Hex.text($0))" }
      stages.append(
        NonsenseStage(
          opening: commands([listener, "open channel=d role=connect \(at)line", "accept channel=c"] + lines),
          refused: [bytes.receiving]))
    }
    return stages
  }

  /// What is tried with a file of nine bytes and a new object.
  private static func memory(_ file: String) -> [NonsenseStage] {
    let at = "transport=shared-memory framing=none address="
    // The folder's own name is nobody else's.
    let name = "\(at)/\(file.split(separator: "/").dropLast().last ?? "")"
    return [
      NonsenseStage(
        opening: commands([
          "open channel=c role=read \(at)\(file)", "open channel=d role=read offset=4 length=5 \(at)\(file)",
          "open channel=e role=read limit=2 \(at)\(file)", "open channel=f role=write length=5 \(at)\(file)",
        ]),
        refused: [
          Nonsense(
            "a file as shared memory", "receive channel=c",
            answers: .ok([Field("payload", Hex.text("few bytes".utf8))]), by: .memoryPath),
          Nonsense(
            "a part of shared memory", "receive channel=d",
            answers: .ok([Field("payload", Hex.text("bytes".utf8))]), by: .memoryPart),
          Nonsense(
            "a part that is longer than the limit", "receive channel=e", .tooLarge, breaking: .memoryAboveLimit),
          Nonsense(
            "a message longer than the part", "send channel=f payload=616161616161", .tooLarge,
            breaking: .memoryTooLong),
        ]),
      NonsenseStage(
        opening: commands(["open channel=c role=write size=8 \(name)"]),
        refused: [
          Nonsense(
            "size of an object that is there", "open channel=d role=write size=8 \(name)", .exists,
            breaking: .memoryExists)
        ]),
    ]
  }

  /// What is tried with a cell's file that says it has a message of 5000 bytes.
  private static func cell(_ file: String) -> [NonsenseStage] {
    let words = "transport=file-cell framing=none address=\(file)"
    let (write, read) = ("open channel=s role=write \(words)", "open channel=r role=read \(words)")
    return [
      NonsenseStage(
        opening: commands([read]),
        refused: [
          Nonsense("a length of 5000 in a cell", "receive channel=r", .malformed, breaking: .cellLengthMalformed)
        ]),
      NonsenseStage(
        opening: commands([write, read, "send channel=s payload=61"]),
        refused: [
          Nonsense(
            "the first message in a cell that was used before", "receive channel=r",
            answers: .ok([Field("payload", "61")]), by: .cellStartsAnew)
        ]),
    ]
  }

  /// What is tried with packets, likewise.
  private static func packets(_ transports: [Transport], _ folder: String, large: String) -> [NonsenseStage] {
    var stages: [NonsenseStage] = []
    if transports.contains(.unixSeqpacket) {
      let at = "transport=unix-seqpacket framing=none address=\(folder)/packets"
      stages.append(
        NonsenseStage(
          opening: commands([
            "open channel=c role=listen limit=2 \(at)", "open channel=d role=connect \(at)", "accept channel=c",
            "send channel=d payload=616161",
          ]),
          refused: [
            Nonsense("a packet of no bytes", "send channel=d payload=", .malformed, breaking: .emptyPacket),
            Nonsense(
              "a packet that no system takes", "send channel=d file=\(large)", .tooLarge, breaking: .packetTooLarge),
            Nonsense("a packet above the limit", "receive channel=c", .tooLarge, breaking: .packetAboveLimit),
          ]))
    }
    if transports.contains(.unixDatagram) {
      let at = "transport=unix-datagram framing=none address=\(folder)/datagrams"
      let (listen, connect) = ("open channel=c role=listen limit=2 \(at)", "open channel=d role=connect \(at)")
      let messages = ["616161", "62", ""].map { "send channel=d payload=\($0)" }
      stages.append(
        NonsenseStage(
          opening: commands([listen, connect] + messages),
          refused: [
            Nonsense(
              "listening where a datagram socket is", listen.replacing("channel=c", with: "channel=e"), .exists,
              breaking: .datagramListen),
            Nonsense(
              "a datagram that no system takes", "send channel=d file=\(large)", .tooLarge, breaking: .datagramTooLarge),
            Nonsense("a datagram above the limit", "receive channel=c", .tooLarge, breaking: .datagramAboveLimit),
            Nonsense(
              "the datagram after one above the limit", "receive channel=c",
              answers: .ok([Field("payload", "62")]), by: .nextDatagram),
            Nonsense(
              "a datagram of no bytes", "receive channel=c", answers: .ok([Field("payload", "")]), by: .emptyDatagram),
          ]))
      stages.append(
        NonsenseStage(
          opening: commands([listen, connect, "close channel=c"]),
          refused: [
            Nonsense(
              "a datagram to a receiver that is gone", "send channel=d payload=61", .refused,
              breaking: .datagramReceiverGone),
            Nonsense(
              "a datagram socket where no path is", connect.replacing("channel=d", with: "channel=e"), .missing,
              breaking: .datagramConnect),
          ]))
    }
    return stages
  }

  /// Opens both ends of a channel that goes one way and waits for nobody.
  private static func bothEnds(_ transport: Transport, _ folder: String) -> [Command]? {
    let (receives, sends) = transport.traits.roles.names
    let words = "transport=\(transport.rawValue) framing=none address=\(folder)/\(transport.rawValue)"
    switch transport {
    case .fileSlot, .fileCell:
      return commands(["open channel=s role=write \(words)", "open channel=r role=read \(words)"])
    case .unixDatagram:
      return commands(["open channel=r role=\(receives) \(words)", "open channel=s role=\(sends) \(words)"])
    default: return nil
    }
  }

  private static func commands(_ lines: [String]) -> [Command] { lines.map { Command(raw: $0) } }
}
