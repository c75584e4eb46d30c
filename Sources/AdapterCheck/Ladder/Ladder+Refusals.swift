import AdapterProtocol
import Cases
import Foundation
import Runner
import WireFormats

extension Ladder {
  /// Gives commands that should be obeyed; whether they must, later rungs say: an adapter is written verb by verb.
  private func isObeyed(_ commands: [Command], _ conversation: Talk) throws -> Bool {
    for command in commands {
      guard case .ok = try conversation.ask(command) else { return false }
    }
    return true
  }

  /// Tries what the adapter must refuse, by what it declares.
  ///
  /// It comes behind the scenarios, which ask for the kinds of errors one by one.
  func refuseByDeclaration() throws {
    guard let declaration = adapter?.declaration else { return }
    let conversation = try talk()
    let folder = site.workspace.path
    let file = "\(folder)/few-bytes"
    try? "few bytes".write(toFile: file, atomically: true, encoding: .utf8)
    var cell = [UInt8](repeating: 0, count: 4096)
    (cell[0], cell[16], cell[17]) = (1, 0x88, 0x13)
    _ = FileManager.default.createFile(atPath: "\(file).cell", contents: Data(cell))
    // A hole: larger than any packet, and without a block on the disk.
    _ = FileManager.default.createFile(atPath: "\(file).large", contents: nil)
    truncate("\(file).large", 16 << 20)
    _ = FileManager.default.createFile(atPath: "\(file).huge", contents: nil)
    truncate("\(file).huge", (64 << 20) + 1)
    for stage in NonsenseStage.stages(declaration, folder: folder, file: file) {
      if try isObeyed(stage.opening, conversation) {
        for nonsense in stage.refused {
          let reply = try conversation.ask(nonsense.command)
          if let trouble = nonsense.trouble(reply) { throw conversation.fault(trouble) }
        }
      }
      _ = try obeyed(Command("reset"), conversation, .resetForgets)
    }
  }
}
