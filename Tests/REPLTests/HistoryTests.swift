import Builtins
import Glibc
import TestSupport
import Testing

@testable import REPL

@Suite("The prompt's memory")
struct HistoryTests {
  @Test(
    "a block is one entry, whatever is in it",
    arguments: ["let x = 1", "a\nb", "a\\nb", "\\", "tab\t\\\\n", "\\t"])
  func encoding(_ text: String) {
    let encoded = History.encoded(text)
    #expect(History.decoded(encoded[...]) == text)
    #expect(!encoded.contains("\n") && !encoded.contains("\t"))
  }

  @Test("what was entered, where and with what result is there in the next session")
  func sessions() {
    let scratch = Scratch()
    let path = scratch.path + "/state/ccv/history"
    let first = History(path: path, folder: "/a")
    first.begin("let x = 1\nx")
    first.end(.ok, seconds: 1.5)
    first.begin("nonsense(")
    first.end(.error, seconds: 0)
    first.begin("killed while it ran")
    let next = History(path: path, folder: "/a")
    #expect(next.earlier.map(\.text) == ["let x = 1\nx", "nonsense(", "killed while it ran"])
    #expect(next.earlier.map(\.result) == [.ok, .error, nil])
    #expect(next.earlier.map(\.seconds) == [1.5, 0, nil])
    #expect(next.own.isEmpty)
  }

  @Test("entries of this project are the newest for Up, whenever those of others were made")
  func projects() {
    let scratch = Scratch()
    let path = scratch.path + "/history"
    let (here, there) = (
      History(path: path, folder: "/here"), History(path: path, folder: "/there")
    )
    here.begin("one")
    there.begin("two")
    here.begin("three")
    there.begin("four")
    // Sessions that live side by side do not see each other's entries.
    #expect(here.own.map(\.text) == ["one", "three"] && here.earlier.isEmpty)
    let next = History(path: path, folder: "/here")
    #expect(next.recalled == ["two", "four", "one", "three"])
    #expect(next.entries(everywhere: false).map(\.text) == ["one", "three"])
    #expect(next.entries(everywhere: true).map(\.text) == ["one", "two", "three", "four"])
  }

  @Test("results belong to the session that wrote them, however lines of two sessions alternate")
  func alternating() {
    let scratch = Scratch()
    let path = scratch.path + "/history"
    scratch.write(
      Array(
        "1\ts\t/a\tfirst\n2\tt\t/a\tsecond\n3\ts\terror\t10\n4\tt\tok\t20\nx\ny\tz\n5\tq\tok\t1\n"
          .utf8),
      to: "history")
    let history = History(path: path, folder: "/a")
    #expect(history.earlier.map(\.result) == [.error, .ok])
    #expect(history.earlier.map(\.seconds) == [0.01, 0.02])
  }

  @Test("of a large file only the end is read")
  func tail() {
    let scratch = Scratch()
    let line = "1\ts\t/a\t" + String(repeating: "x", count: 1000) + "\n"
    scratch.write(
      Array((String(repeating: line, count: 3000) + "2\ts\t/a\tlast\n").utf8), to: "history")
    let history = History(path: scratch.path + "/history", folder: "/a")
    #expect(history.earlier.last?.text == "last")
    #expect(history.earlier.count < 2200 && history.earlier.count > 1500)
  }

  @Test("a search narrows with each word, small letters find both cases, and keys choose")
  func search() {
    var search = HistorySearch(
      entries: ["let A = load(\"x\")", "b", "load(\"y\")", "b", "fn f() {\n  load(\"z\")\n}"],
      query: "")
    #expect(search.matches.first?.hasPrefix("fn f") == true && search.matches.count == 4)
    for letter in "load a" { #expect(search.press(.text(letter)) == .goOn) }
    #expect(search.matches.count == 3)
    for letter in "=" { _ = search.press(.text(letter)) }
    #expect(search.matches == [])
    #expect(search.press(.take) == .cancel)
    for _ in 0..<3 { _ = search.press(.erase) }
    #expect(search.query == "load" && search.matches.count == 3)
    _ = search.press(.older)
    #expect(search.press(.take) == .take("load(\"y\")"))
    _ = search.press(.newer)
    _ = search.press(.newer)
    #expect(search.press(.take) == .take("fn f() {\n  load(\"z\")\n}"))
    #expect(search.press(.cancel) == .cancel)
    for rows in 1...6 {
      let drawn = search.rows(columns: 30, rowsMax: rows, usesColor: false)
      #expect(drawn.count <= max(2, rows) && drawn.allSatisfy { $0.width < 30 })
    }
  }
}
