import Foundation

/// The templates for new adapters: the folders in `interop/templates`.
struct Templates {
  /// The folder that they are in.
  let folder: String

  init(_ repository: Repository) { folder = "\(repository.interop)/templates" }

  /// Their names, sorted.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Their names in a help text, which must be there without a repository too.
  static var listed: String {
    let names = (try? Repository()).map { Templates($0).names } ?? []
    return names.isEmpty ? "a folder in interop/templates" : names.joined(separator: ", ")
  }

  /// The program of a template, by its name in the folder.
  func program(of template: String) -> String? {
    try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(template)").first { $0.hasPrefix("endpoint.") }
  }
}
