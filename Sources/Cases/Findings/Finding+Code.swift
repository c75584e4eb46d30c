/// The stable codes of findings, for the journal and programs that read it.
///
/// A code is never given another meaning.
package enum FindingCode: String, CaseIterable, Sendable {
  case badLine = "not-a-reply"
  case ended
  case untrueOpen = "untrue-open"
  case untrueSend = "untrue-send"
  case untrueClose = "untrue-close"
  case declaredRefused = "declared-and-refused"
  case leftBehind = "left-behind"
  case leftFiles = "left-files"
  case phantomPeer = "phantom-peer"
  case changedFile = "changed-file"
  case bothDirections = "both-directions"
  case tookMemory = "took-memory"
  case stopped
  case bothWrite = "both-write"
  case silent = "no-answer"
  case wrongBytes = "wrong-bytes"
  case shortStream = "short-stream"
  case surplusBytes = "surplus-bytes"
  case fewerBytes = "fewer-bytes"
  case agreement = "agree-against-vector"
  case wrongEncoding = "wrong-encoding"
  case inventedMessage = "invented-message"
  case wrongSlot = "wrong-slot"
  case slotNotCleared = "slot-not-cleared"
  case wrongReply = "wrong-reply"
  case hungUp = "hung-up"
  case undecided
  case layoutsAgree = "layouts-agree"
  case noOutput = "no-output"
  case noPlace = "no-place"
  case silentProgram = "silent-program"
  case stuckProgram = "stuck-program"
  case silentPeer = "silent-peer"
  case otherEnd = "other-end"
  case endedBefore = "ended-before"
  case noHello = "no-hello"
  case silentHello = "no-answer-to-hello"
  case unusable
  case uncleanEnd = "unclean-end"
  case harness
}

extension FindingCode {
  /// Whether it costs a whole deadline to find.
  package var isTimeOut: Bool {
    switch self {
    case .stopped, .bothWrite, .silent, .untrueSend, .untrueClose, .silentProgram, .stuckProgram, .silentPeer,
      .silentHello:
      true
    case .badLine, .ended, .untrueOpen, .declaredRefused, .leftBehind, .leftFiles, .phantomPeer, .changedFile,
      .bothDirections, .tookMemory, .wrongBytes, .shortStream, .surplusBytes, .fewerBytes, .agreement, .wrongEncoding,
      .inventedMessage, .wrongSlot, .slotNotCleared, .wrongReply, .hungUp, .undecided, .layoutsAgree, .noOutput,
      .noPlace,
      .otherEnd, .endedBefore, .noHello, .unusable, .uncleanEnd, .harness:
      false
    }
  }
}

extension Finding {
  /// The code.
  package var code: FindingCode {
    switch self {
    case .badLine: .badLine
    case .ended: .ended
    case .untrueOpen: .untrueOpen
    case .untrueSend: .untrueSend
    case .untrueClose: .untrueClose
    case .declaredRefused: .declaredRefused
    case .leftBehind: .leftBehind
    case .leftFiles: .leftFiles
    case .surroundings(_, .phantomPeer, _): .phantomPeer
    case .surroundings(_, .changedFile, _): .changedFile
    case .surroundings(_, .bothDirections, _): .bothDirections
    case .surroundings(_, .tookMemory, _): .tookMemory
    case .stopped: .stopped
    case .bothWrite: .bothWrite
    case .silent: .silent
    case .wrongBytes: .wrongBytes
    case .shortStream: .shortStream
    case .surplusBytes: .surplusBytes
    case .fewerBytes: .fewerBytes
    case .agreement: .agreement
    case .wrongEncoding: .wrongEncoding
    case .inventedMessage: .inventedMessage
    case .wrongSlot: .wrongSlot
    case .slotNotCleared: .slotNotCleared
    case .wrongReply: .wrongReply
    case .hungUp: .hungUp
    case .undecided: .undecided
    case .layoutsAgree: .layoutsAgree
    case .noOutput: .noOutput
    case .noPlace: .noPlace
    case .of(_, let finding): finding.code
    case .silentProgram: .silentProgram
    case .stuckProgram: .stuckProgram
    case .silentPeer: .silentPeer
    case .otherEnd: .otherEnd
    case .endedBefore: .endedBefore
    case .noHello(_, .silent, _): .silentHello
    case .noHello: .noHello
    case .unusable: .unusable
    case .uncleanEnd: .uncleanEnd
    case .harness: .harness
    }
  }
}
