import CPythonEmbed
import Foundation

/// The interpreter inside this process, with the functions of `oracle.py`.
final class CPython: Sendable {
  struct Failure: Error {
    var what: String
  }

  /// There is one in a process; it stays until the end.
  static let shared = Result { () throws(Failure) in try CPython() }

  /// The function `run` of the module.
  ///
  /// Python's objects are touched with its own lock held, which any thread may take.
  private nonisolated(unsafe) let run: OpaquePointer

  private init() throws(Failure) {
    // No signal handlers: an interruption is the test's.
    Py_InitializeEx(0)
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("oracle.py")
    guard let source = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure(what: "oracle.py is missing")
    }
    // Py_file_input: a whole module.
    guard let code = Py_CompileString(source, "oracle.py", 257),
      let module = PyImport_ExecCodeModule("oracle", code), let run = PyObject_GetAttrString(module, "run")
    else {
      PyErr_Print()
      throw Failure(what: "oracle.py does not run; standard error says why")
    }
    self.run = run
    // Gives the lock back, so that tests on other threads can take it.
    _ = PyEval_SaveThread()
  }

  /// Lets CPython answer a batch.
  func answer(_ batch: [UInt8]) throws(Failure) -> [UInt8] {
    let lock = PyGILState_Ensure()
    defer { PyGILState_Release(lock) }
    let bytes = batch.withUnsafeBytes {
      PyBytes_FromStringAndSize($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let arguments = PyTuple_New(1)
    // The tuple takes the reference over.
    PyTuple_SetItem(arguments, 0, bytes)
    defer { Py_DecRef(arguments) }
    guard let answer = PyObject_CallObject(run, arguments) else {
      PyErr_Print()
      throw Failure(what: "oracle.py raised; standard error says what")
    }
    defer { Py_DecRef(answer) }
    var (start, count): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
    guard PyBytes_AsStringAndSize(answer, &start, &count) == 0, let start else {
      throw Failure(what: "no bytes came back")
    }
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The version, such as 3.11.2.
  static var version: String { String(cString: Py_GetVersion()) }
}
