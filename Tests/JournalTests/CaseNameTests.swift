import Foundation
import Journal
import Testing

@Suite("Case names")
struct CaseNameTests {
  static let text = "messages/unix+multiprocessing/swift-python/size-65537"
  static let name = CaseName(
    suite: "messages", channel: "unix+multiprocessing", pair: "swift-python", scenario: "size-65537")

  @Test("Four parts, read and written")
  func parts() {
    #expect(CaseName(Self.text) == Self.name)
    #expect(Self.name.description == Self.text)
  }

  @Test(
    "Anything but four parts is none",
    arguments: ["", "a", "a/b/c", "a/b/c/d/e", "/a/b/c", "a/b/c/", "a//b/c", "///"])
  func refused(text: String) {
    #expect(CaseName(text) == nil)
  }

  @Test("In JSON one is a string")
  func json() throws {
    let data = try JSONEncoder().encode([Self.name])
    #expect(try JSONDecoder().decode([String].self, from: data) == [Self.text])
    #expect(try JSONDecoder().decode([CaseName].self, from: data) == [Self.name])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([CaseName].self, from: Data("[\"a/b\"]".utf8)) }
  }
}
