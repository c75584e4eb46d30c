import ArgumentParser
import Tap
import WireFormats

/// How `parley tap` and `parley identify` read bytes.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How messages are marked off, such as multiprocessing, line, content-length; auto finds out from the first bytes of both sides.",
      valueName: "name"))
  var framing = "auto"

  @Option(
    help: ArgumentHelp(
      "What messages are: json, pickle, struct:<iqd, text, hex; auto looks at each. Pickles are never executed.",
      valueName: "name"))
  var codec = "auto"

  /// The framing; nil for `auto`.
  func chosenFraming() throws -> Framing? { try WireNames.framing(framing) }

  func chosenCodec() throws -> CodecChoice { try WireNames.codec(codec) }
}
