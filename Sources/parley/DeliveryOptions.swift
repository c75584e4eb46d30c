import ArgumentParser
import Tap
import WireFormats

/// What `parley tap` does to the bytes on purpose.
struct DeliveryOptions: ParsableArguments {
  @Option(
    name: .customLong("deliver"),
    help: ArgumentHelp("Disturb the bytes with a fault, such as one-byte-at-a-time or cut:4,9.", valueName: "fault"))
  var fault: String?

  @Option(
    name: .customLong("deliver-from"),
    help: ArgumentHelp("Whose bytes: client, server or both.", valueName: "side"))
  var side = "both"

  @Option(help: ArgumentHelp("The fault counts from this byte of a direction.", valueName: "n"))
  var fromByte: Int?

  @Option(help: ArgumentHelp("The fault counts from this message, the first being 1; needs --framing.", valueName: "n"))
  var fromMessage: Int?

  /// The fault; nil for none.
  func choice(framing: Framing?) throws -> FaultChoice? {
    guard let fault else {
      guard fromByte == nil, fromMessage == nil, side == "both" else {
        throw ValidationError(
          "--deliver-from, --from-byte and --from-message say where a fault is; give it with --deliver.")
      }
      return nil
    }
    return try FaultChoice(fault, from: side, byte: fromByte, message: fromMessage, framing: framing)
  }
}
