import WireFormats

extension Scenario {
  package static let slotImage = Scenario(
    name: "image", summary: "the file's image equals its golden vector",
    checks: { _ in [.slotImage] }, applies: isSlot,
    phases: { _, vectors throws(HarnessError) in
      guard let vector = vectors.slots.first else {
        throw HarnessError("interop/vectors/slots.yml has no image; add one.")
      }
      let text = Message(vector.text.bytes)
      return [Phase(steps: [.send(.writer, text), .barrier, .receive(.reader, text), .checkSlot(vector.image.bytes)])]
    })
}
