import Endpoints
import WireFormats

/// The kind of error with which something ends; nil if with none.
func kind(_ body: () throws(EndpointError) -> Void) -> ErrorKind? {
  do throws(EndpointError) {
    try body()
    return nil
  } catch {
    return error.kind
  }
}
