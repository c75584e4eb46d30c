extension Parley {
  /// The version of this package, as `parley --version` prints it.
  static let version = "0.1.0"
}
