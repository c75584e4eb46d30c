package import AdapterProtocol

/// A part of a scenario with a link of its own: both sides open, do the steps, and reset.
package struct Phase: Sendable {
  /// The faults of the tap, by the side whose bytes they change; none passes every chunk on as it comes.
  package var faults: [Side: any Fault] = [:]
  /// Who listens, on a transport where one side does.
  package var listener = Side.reader
  /// The limit that both sides are given, in bytes; the protocol's default if nil.
  package var limit: Int?
  /// Further keys with which a side opens its channel.
  package var options: [Side: [Field]] = [:]
  /// What must come of a side's opening, its `accept` included; `ok` unless told otherwise.
  package var opening: [Side: Expectation] = [:]
  /// Whether both sides open the link before the steps.
  package var opensLink = true
  /// What is appended to the names of files that the link makes, to see that endpoints read names as they are.
  package var nameSuffix = ""
  /// The rule that is broken if one of the steps fails and has no rule of its own.
  package var requirement: Requirement?
  /// What happens, in order.
  ///
  /// Steps of one side follow each other; steps of two sides run side by side unless a barrier parts them.
  package var steps: [Step]

  package init(
    faults: [Side: any Fault] = [:], listener: Side = .reader, limit: Int? = nil, options: [Side: [Field]] = [:],
    opening: [Side: Expectation] = [:], opensLink: Bool = true, nameSuffix: String = "",
    requirement: Requirement? = nil, steps: [Step]
  ) {
    self.faults = faults
    self.listener = listener
    self.limit = limit
    self.options = options
    self.opening = opening
    self.opensLink = opensLink
    self.nameSuffix = nameSuffix
    self.requirement = requirement
    self.steps = steps
  }
}
