import CPlatform
import Cases
import Endpoints
import Foundation

/// The ends of pipes and sockets that a program and its peer inherit, until both have them.
final class ExampleEnds {
  /// What becomes the program's descriptor 3.
  private(set) var ofProgram: [Int32] = []
  /// What becomes the program's standard input and output; nil if the runner has those.
  private(set) var standardStreams: (input: Int32, output: Int32)?
  /// What becomes the peer's descriptors 3 and 4.
  private(set) var ofPeer: [Int32] = []
  /// The names of the peer's descriptors.
  private(set) var placeholders: [String: String] = [:]

  /// Makes what a conversation declares; nothing for most.
  init(_ conversation: ExampleDeclaration.Conversation) throws(HarnessError) {
    if let kind = conversation.inherit {
      let (first, second) = try Self.make("a \(kind.rawValue)", kind == .pipe ? parley_pipe : parley_socketpair)
      // The first end of a pipe is the reading end.
      (ofProgram, ofPeer) = conversation.example == .writer ? ([second], [first]) : ([first], [second])
      placeholders = ["inherited": "3"]
    } else if conversation.isOnStandardStreams {
      let input = try Self.make("a pipe", parley_pipe)
      let output = try Self.make("a pipe", parley_pipe)
      standardStreams = (input.0, output.1)
      ofPeer = [input.1, output.0]
      placeholders = ["stdin": "3", "stdout": "4"]
    }
  }

  /// Closes this process's copies of what the peer has: the program shall see the end of the stream when the peer closes.
  func closePeers() {
    for number in ofPeer { close(number) }
    ofPeer = []
  }

  /// Closes this process's copies of what the program has.
  func closePrograms() {
    for number in ofProgram { close(number) }
    if let streams = standardStreams {
      close(streams.input)
      close(streams.output)
    }
    (ofProgram, standardStreams) = ([], nil)
  }

  deinit {
    closePeers()
    closePrograms()
  }

  private static func make(
    _ name: String, _ system: (UnsafeMutablePointer<Int32>) -> Int32
  ) throws(HarnessError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard system(&ends) == 0 else {
      throw HarnessError("Cannot create \(name): \(String(cString: strerror(errno))).")
    }
    return (ends[0], ends[1])
  }
}
