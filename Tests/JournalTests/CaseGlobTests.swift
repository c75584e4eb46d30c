import Journal
import Testing

@Suite("Globs over case names")
struct CaseGlobTests {
  static let name = "messages/unix+line/swift-python/size-16"

  @Test(
    "Match",
    arguments: [
      name, "**", "*/*/*/*", "messages/**", "**/size-16", "**/size-*", "*/unix+*/*/*", "messages/unix+*/**",
      "**/swift-*/**", "**python**", "***", "*essage*/**", "m*s*s*/**", "messages/*unix+line*/**",
      "**messages/unix+line/swift-python/size-16**", "messages/**/size-16", "**/*-*/*-*", "*/**/*-16",
      "messages*/**", "**1*6", "*/unix+line/swift-python/size-1*6",
      // The first parts, whole.
      "*", "*/*", "*/*/*", "messages", "messages/", "messages/*", "messages/unix+line", "messages/unix+*/", "m*",
      "**/swift-python", "*/*/swift-*",
      // Braces.
      "{messages,refusals}/**", "messages/{fifo,unix}+{line,varint}/*/size-{1,16}", "{refusals,messages}",
      "**/size-{,1{5,6}}",
      "messages/unix+line/{swift-python/size-16,python-swift/*}", "{messages}/**", "m{e*,a}/**", "{me,mes}sages",
    ])
  func matches(pattern: String) {
    #expect(CaseGlob(pattern).matches(Self.name))
  }

  @Test(
    "Do not match",
    arguments: [
      "", "/", "*/*/*/*/*", "unix+line", "*size-16", "message", "messages/unix", "messages/unix+lin",
      "messages/unix+line/swift",
      "messages/*/size-16", "**/size-1", "size-*", "**/SIZE-16", "**/size-1?", "**/size-[0-9]*",
      "messages/**/**/**/**/size-16", "**/messages/**", "*unix*/**", "**/size-16/**", "messages//**",
      "{refusals,message}/**", "{messages", "messages}", "messages/{unix,fifo}/**", "**/size-{1,6}", "{,}",
      "messages/unix+line/{python-swift,swift}",
    ])
  func differs(pattern: String) {
    #expect(!CaseGlob(pattern).matches(Self.name))
  }

  @Test(
    "Tricky ones",
    arguments: [
      ("a*b", "ab", true), ("a*b", "axbxb", true), ("a*b", "axbx", false), ("a*b", "a/b", false),
      ("a**b", "a/b", true), ("a**b", "ab", true), ("a**/b", "a/b", true), ("a/**/b", "a/b", false),
      ("a***b", "a/x/b", true), ("*a*a*", "aa", true), ("*a*a*", "a", false), ("**a", "aaa", true),
      ("a*/*", "ab/", true), ("", "", true), ("*", "", true), ("a.c", "abc", false), ("é*", "éa", true),
      ("a*a", "a", false), ("ab*ba", "aba", false), ("ab*ba", "abba", true), ("aa**aa", "aaa", false),
      ("{a", "{a", true), ("a}", "a}", true), ("a{}b", "ab", true), ("{a,b}{c,d}", "bc", true),
      ("{a,b}{c,d}", "ab", false),
      ("{*,b}c", "ac", true), ("*{*,b}c", "a/bc", false), ("x{a,{b,c}d}", "xcd", true), ("x{a,{b,c}d}", "xc", false),
    ])
  func tricky(pattern: String, text: String, matches: Bool) {
    #expect(CaseGlob(pattern).matches(text) == matches)
  }

  @Test("The pattern is kept as it was written")
  func pattern() {
    #expect(CaseGlob("**/size-*").pattern == "**/size-*")
  }

  @Test("100,000 names are sorted out, each right")
  func many() {
    // Short ones: a debug build takes microseconds for each byte.
    let glob = CaseGlob("*/*7")
    var count = 0
    for number in 0..<100_000 where glob.matches("a/\(number)") { count += 1 }
    #expect(count == 10_000)
  }

  @Test("A pattern of many stars does not explode")
  func stars() {
    let text = String(repeating: "a", count: 500)
    #expect(!CaseGlob(String(repeating: "*a", count: 20) + "*b").matches(text))
    #expect(!CaseGlob(String(repeating: "**a", count: 20) + "**b").matches(text))
    #expect(!CaseGlob(String(repeating: "{a,aa,*}", count: 40) + "b").matches(text))
  }
}
