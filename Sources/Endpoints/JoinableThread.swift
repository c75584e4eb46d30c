import WireFormats

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A thread whose end can be waited for: what it held is gone then.
package struct JoinableThread: @unchecked Sendable {
  private let thread: pthread_t

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread.
  ///
  /// - Throws: ``EndpointError`` of kind `internal` when the system has no thread left.
  package init(_ body: @escaping @Sendable () -> Void) throws(EndpointError) {
    let work = Unmanaged.passRetained(Work(body))
    #if canImport(Glibc)
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, { Self.run($0) }, work.toOpaque())
    #else
    var made: pthread_t?
    let code = pthread_create(&made, nil, { Self.run($0) }, work.toOpaque())
    #endif
    guard code == 0 else {
      work.release()
      throw EndpointError(.internal, "\(String(cString: strerror(code))) while starting a thread.")
    }
    #if !canImport(Glibc)
    guard let thread = made else { throw EndpointError(.internal, "The system started no thread.") }
    #endif
    self.thread = thread
  }

  private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
    return nil
  }

  /// Waits for its end; once.
  package func join() { pthread_join(thread, nil) }
}
