import WireFormats

/// The codec `pickle` with the endpoints' errors.
enum PickledMessage {
  static func encode(_ value: Value) throws(EndpointError) -> [UInt8] {
    do throws(CodecError) { return try Codec.pickle.encode(value) } catch { throw EndpointError(error) }
  }

  static func decode(_ message: [UInt8]) throws(EndpointError) -> Value {
    do throws(CodecError) { return try Codec.pickle.decode(message) } catch { throw EndpointError(error) }
  }
}
