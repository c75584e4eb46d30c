package import Cases

extension WholePlan {
  /// Reads the adapters' names from their manifests.
  ///
  /// - Parameters:
  ///   - folders: every adapter's folder.
  ///   - used: adapters that no manifest names, such as versions of a runtime.
  ///   - examples: the examples.
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
