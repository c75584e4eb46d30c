/// Cases that are different from an earlier run in the same way.
public struct ChangeList: Sendable, Equatable {
  /// What has become of them: `newly failing`.
  public var title: String
  /// Whether a maintainer has to do something.
  public var isBad: Bool
  /// The cases, each with what there is to say of it.
  public var lines: [String]

  /// Makes a list.
  public init(title: String, isBad: Bool, lines: [String]) {
    self.title = title
    self.isBad = isBad
    self.lines = lines
  }
}
