import WireFormats

/// What a ``ManagerServer`` answers.
enum ManagerAnswer {
  /// The result.
  case returned(Value)
  /// An object out of a queue, which goes back if it cannot be handed over.
  case takenOut(Value, of: SharedQueue)
  /// An exception to be raised at the client.
  case raised(PythonException)
  /// The request was wrong; the client raises `RemoteError` with this text.
  case refused(String)
  /// There is nobody to answer any more.
  case nobody

  /// The reply's bytes.
  ///
  /// - Throws: ``EndpointError`` of kind `malformed` for a result that is not plain data.
  func message() throws(EndpointError) -> [UInt8] {
    switch self {
    case .returned(let value), .takenOut(let value, _): try PickledMessage.encode(.tuple(["#RETURN", value]))
    case .raised(let exception): exception.message
    case .refused(let text): Self.traceback(text)
    case .nobody: []
    }
  }

  /// The reply `("#TRACEBACK", text)`.
  ///
  /// CPython 2.7 insists that the text is its `str`, which the codec does not write: it has one kind of text. So the opcodes stand
  /// here. Python 3 takes that kind for its own `str`, as long as it is ASCII.
  private static func traceback(_ text: String) -> [UInt8] {
    let ascii = "\(text)\n".unicodeScalars.map { $0.isASCII ? String($0) : $0.escaped(asASCII: true) }.joined()
    // At the end: make a tuple of the two, and stop.
    return [0x80, 2] + string("X", "#TRACEBACK") + string("T", ascii) + [0x86, UInt8(ascii: ".")]
  }

  /// A string with the opcode of its kind: `X` for `unicode` and Python 3's `str`, `T` for 2.7's `str`.
  fileprivate static func string(_ opcode: Unicode.Scalar, _ text: String) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { Array($0) }
    return [UInt8(ascii: opcode)] + length + Array(text.utf8)
  }
}

/// An exception as a pickle of protocol 2 names it, with the names of Python 2, which Python 3 translates.
struct PythonException: Equatable {
  var module: String
  var name: String
  var text: String?

  static let empty = PythonException(module: "Queue", name: "Empty")
  static let full = PythonException(module: "Queue", name: "Full")

  static func typeError(_ text: String) -> PythonException {
    PythonException(module: "exceptions", name: "TypeError", text: text)
  }

  static func valueError(_ text: String) -> PythonException {
    PythonException(module: "exceptions", name: "ValueError", text: text)
  }

  /// The reply `("#ERROR", exception)`.
  ///
  /// The codec writes plain data only, and an exception is a call of its class; so the opcodes stand here.
  var message: [UInt8] {
    var bytes = [0x80, 2] + ManagerAnswer.string("X", "#ERROR") + Array("c\(module)\n\(name)\n".utf8)
    if let text {
      bytes += ManagerAnswer.string("X", text)
      bytes.append(0x85)  // a tuple of one
    } else {
      bytes.append(UInt8(ascii: ")"))
    }
    return bytes + [UInt8(ascii: "R"), 0x86, UInt8(ascii: ".")]  // call, a tuple of two, stop
  }
}
