import Endpoints
import Testing
import WireFormats

/// The kind of error with which something ends; nil if with none.
func kind(_ body: () throws -> Void) -> ErrorKind? {
  do {
    try body()
    return nil
  } catch let error as EndpointError {
    return error.kind
  } catch {
    Issue.record(error, "not an error of an endpoint")
    return nil
  }
}
