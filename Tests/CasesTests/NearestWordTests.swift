import Testing

@testable import Cases

@Suite struct NearestWordTests {
  static let words = ["c", "csharp", "dotnet", "python", "swift", "fifo", "unix", "unix-abstract", "multiprocessing"]

  @Test(arguments: [
    ("uinx", "unix"), ("unx", "unix"), ("unixx", "unix"), ("Unix", "unix"), ("pyhton", "python"), ("pyton", "python"),
    ("swfit", "swift"), ("filo", "fifo"), ("multi", "multiprocessing"), ("multiprocesing", "multiprocessing"),
    ("unix-abstarct", "unix-abstract"), ("sharp", "csharp"),
  ])
  func nearOneIsFound(_ mistyped: String, _ right: String) {
    #expect(NearestWord.to(mistyped, among: Self.words) == right)
  }

  @Test(arguments: ["", "x", "perl", "tcp", "qqqqqqqq", "ruby", "unix"])
  func farOneIsNot(_ word: String) {
    #expect(NearestWord.to(word, among: ["python", "swift", "multiprocessing", "unix"]) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1),
    ("kitten", "sitting", 3), ("rnu", "run", 1), ("ca", "abc", 3),
  ])
  func distanceCountsEdits(_ one: String, _ other: String, _ edits: Int) {
    #expect(NearestWord.distance(Array(one), Array(other)) == edits)
    #expect(NearestWord.distance(Array(other), Array(one)) == edits)
  }

  @Test func adviceListsWhatThereIs() {
    #expect(NearestWord.advice("bb", among: ["ab", "cd"]) == "did you mean \"ab\"? There are ab, cd")
    #expect(NearestWord.advice("xyz", among: ["ab", "cd"]) == "there are ab, cd")
  }
}
