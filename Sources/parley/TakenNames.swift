import Cases
import Foundation
import Runner

/// The names that the repository's adapters have, and their runtimes: a new adapter needs another.
struct TakenNames {
  private let folders: [(name: String, folder: String)]

  /// Reads the manifests; one that cannot be read has the name of its folder.
  init(_ repository: Repository) throws(HarnessError) {
    folders = try AdapterCatalog.folders(in: repository.interop).flatMap { folder in
      let manifest = try? AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      let name = manifest?.name ?? URL(fileURLWithPath: folder).lastPathComponent
      let versions = (manifest?.runtimes?.programs ?? []) + (manifest?.runtimes?.older ?? [])
      return ([name] + versions).map { (name: $0, folder: folder) }
    }
  }

  /// The folder of the adapter that has a name; nil if none has.
  func folder(of name: String) -> String? { folders.first { $0.name == name }?.folder }

  /// A name like this one that is free.
  func free(like name: String) -> String {
    var (free, number) = ("my_\(name)", 2)
    while folder(of: free) != nil {
      free = "my_\(name)\(number)"
      number += 1
    }
    return free
  }
}
