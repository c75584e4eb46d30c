import Testing
import WireFormats

@testable import Endpoints

@Suite("A manager's messages")
struct ManagerMessageTests {
  private func request(_ vector: ManagerVectors.Request) throws -> ManagerRequest {
    guard case .tuple(let arguments) = try Value(tokens: vector.arguments) else { throw CancellationError() }
    return ManagerRequest(
      vector.identifier, vector.method, arguments, keywords: try (vector.keywords ?? [:]).mapValues(Value.init(tokens:))
    )
  }

  @Test("Ours are those that every Python has obeyed, to the byte")
  func requests() throws {
    let vectors = try ManagerVectors.golden().requests
    #expect(vectors.count == 9)
    for vector in vectors {
      let bytes = try Codec.pickle.encode(try request(vector).value)
      #expect(frame(bytes) == vector.frame.bytes, "\(vector.call)")
    }
  }

  @Test("Python's are understood")
  func fromPython() throws {
    let vectors = try ManagerVectors.golden().fromPython
    #expect(vectors.count == 6)
    for vector in vectors {
      let read = try ManagerRequest(Codec.pickle.decode(vector.frame.payload))
      #expect(try read == request(vector), "\(vector.call)")
    }
  }

  @Test("Python's replies are understood, of every version")
  func replies() throws {
    let vectors = try ManagerVectors.golden().replies
    #expect(vectors.count == 12)
    for vector in vectors {
      switch try ManagerReply(Codec.pickle.decode(vector.frame.payload)) {
      case .returned(let value): #expect(value.tokens == vector.value, "\(vector.reply)")
      case .raised(let exception):
        #expect(exception.name == vector.raised, "\(vector.reply)")
        #expect(exception.isEmpty && !exception.isFull, "\(vector.reply)")
      case .shared(let identifier, let methods):
        #expect(identifier == vector.shared && methods == vector.methods, "\(vector.reply)")
      }
    }
  }

  @Test("An empty queue is told in the bytes that every version understands")
  func empty() throws {
    #expect(frame(PythonException.empty.message) == (try ManagerVectors.golden().empty.bytes))
  }

  @Test(
    "What is no request is malformed",
    arguments: [
      "null", "tuple:0", "tuple:3,null,text:61,tuple:0", "tuple:4,int:1,text:61,tuple:0,map:0",
      "tuple:4,null,int:1,tuple:0,map:0", "tuple:4,null,text:61,int:1,map:0", "tuple:4,null,text:61,tuple:0,null",
      "tuple:4,null,text:61,tuple:0,map:1,int:1,null",
    ])
  func noRequest(tokens: String) throws {
    let value = try Value(tokens: tokens)
    #expect(kind { _ = try ManagerRequest(value) } == .malformed)
  }

  @Test("What is no reply is malformed", arguments: ["null", "tuple:1,text:61", "tuple:2,text:61,null"])
  func noReply(tokens: String) throws {
    let value = try Value(tokens: tokens)
    #expect(kind { _ = try ManagerReply(value) } == .malformed)
  }

  @Test("What a server could not do is told in its last line")
  func traceback() throws {
    let value = Value.tuple(["#TRACEBACK", "Traceback:\n  File\nKeyError: 'nothing'\n"])
    do {
      _ = try ManagerReply(value)
      Issue.record("no error")
    } catch {
      #expect(error.kind == .internal)
      #expect(error.message.contains("KeyError: 'nothing'"))
    }
  }
}
