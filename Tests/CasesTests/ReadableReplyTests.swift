import Testing

@testable import Cases

@Suite struct ReadableReplyTests {
  @Test(arguments: [
    ("ok payload=68656c6c6f", "\"hello\" (5 bytes)"),
    ("ok value=map:1,text:61,list:2,int:1,null", "{\"a\": [1, null]}"),
    ("ok value=tuple:2,bytes:00ff,f64:3ff8000000000000", "(bytes(00ff), 1.5)"),
    ("error kind=usage message=there%20is%20no%20verb%20dance", "there is no verb dance"),
  ])
  func whatIsEncodedIsShownAsText(_ line: String, _ text: String) {
    #expect(ReadableReply.text(line.utf8) == text)
  }

  @Test(arguments: [
    "ok", "ok end=true", "ok protocol=1 language=c", "error kind=usage", "garbage", "", "ok payload=6", "ok value=x",
  ])
  func whatIsPlainStaysAsItIs(_ line: String) { #expect(ReadableReply.text(line.utf8) == nil) }
}
