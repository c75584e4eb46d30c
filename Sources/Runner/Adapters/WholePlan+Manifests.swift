package import Cases

extension WholePlan {
  /// Reads the names from the manifests.
  ///
  /// - Parameters:
  ///   - folders: every adapter's folder.
  ///   - used: adapters that are known otherwise, such as versions of a runtime.
  ///   - examples: the programs with which conversations are held.
  /// - Throws: ``HarnessError`` for a manifest that cannot be read.
  package init(folders: [String], used: [String] = [], examples: [Example] = []) throws(HarnessError) {
    var names = Set(used)
    var families: [String] = []
    for folder in folders {
      let manifest = try AdapterManifest(contentsOf: "\(folder)/adapter.yml")
      names.insert(manifest.name)
      if manifest.runtimes != nil { families.append(manifest.name) }
    }
    self.init(adapters: names.sorted(), runtimeFamilies: families, examples: examples)
  }
}
