import AdapterProtocol
import CPlatform
import Endpoints
import WireFormats

/// The optional verb `layout`: the layouts of the records of `interop/vectors/layouts.yml`, from `MemoryLayout`.
enum RecordLayout {
  /// The reply for a record.
  ///
  /// - Throws: ``Endpoints/EndpointError`` of kind `unsupported` for an unknown record.
  static func reply(_ record: String) throws(EndpointError) -> Reply {
    switch record {
    case "mixed":
      return layout(of: parley_mixed.self, [("a", \.a), ("b", \.b), ("c", \.c), ("d", \.d), ("e", \.e)])
    case "mixed-packed":
      return layout(of: parley_mixed_packed.self, [("a", \.a), ("b", \.b), ("c", \.c), ("d", \.d), ("e", \.e)])
    case "arrays":
      return layout(of: parley_arrays.self, [("tag", \.tag), ("values", \.values), ("name", \.name)])
    case "bools":
      return layout(
        of: parley_bools.self, [("first", \.first), ("count", \.count), ("second", \.second), ("third", \.third)])
    case "point":
      return layout(of: parley_point.self, [("x", \.x), ("y", \.y)])
    case "nested":
      return layout(
        of: parley_nested.self, [("id", \.id), ("position", \.position), ("detail", \.detail), ("last", \.last)])
    default:
      throw EndpointError(.unsupported, "This endpoint has no record \"\(record)\".")
    }
  }

  private static func layout<Record>(of type: Record.Type, _ fields: [(String, PartialKeyPath<Record>)]) -> Reply {
    let offsets = fields.map { name, path in "\(name):\(MemoryLayout<Record>.offset(of: path) ?? -1)" }
    return .ok([
      // The stride, because C's size includes the padding at the end.
      Field("size", String(MemoryLayout<Record>.stride)), Field("alignment", String(MemoryLayout<Record>.alignment)),
      Field("offsets", offsets.joined(separator: ",")),
    ])
  }
}
