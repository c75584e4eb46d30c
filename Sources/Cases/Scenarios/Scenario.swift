package import AdapterProtocol
import WireFormats

/// What is done over a channel and what must be observed; written once, for every adapter.
package struct Scenario: Sendable {
  /// The last part of a case's name.
  package let name: String
  /// What the scenario shows, in a few words.
  package let summary: String
  /// Whether `--quick` takes it.
  package var isQuick = false
  /// Whether it takes much longer than others, so that the usual plan has it only with `swift` and on one channel for bytes.
  package var isLong = false
  /// Whether it means something only if the tap changes what is delivered.
  package var needsTap = false
  /// The optional verb that both endpoints must declare, if any.
  package var feature: String?
  /// The kind of values that it is about, if a codec may have it as a limit.
  package var limit: ValueLimit?
  /// The rules of the protocol that it checks, besides those of ``Scenario/common``.
  package var checks: @Sendable (Channel) -> [Requirement] = { _ in [] }
  /// Whether the scenario makes sense on a channel.
  package let applies: @Sendable (Channel) -> Bool
  /// What is done on a channel, in phases one after the other.
  package let phases: @Sendable (Channel, GoldenVectors) throws(HarnessError) -> [Phase]
}
