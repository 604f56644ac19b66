import Arrays
import Interpreter
import Session
import Syntax
import TestSupport
import Testing

@testable import Builtins

@Suite("Looking at a session", .oneInterpreter)
struct InspectionTests {
  private func output(of code: String) -> String {
    let session = Session()
    var output = ""
    session.host.write = { output += $0 }
    if case .failed(let diagnostic) = session.evaluate(code) { output += diagnostic.message }
    return output
  }

  /// What `whos` writes about a session.
  private func table(_ session: Session) -> [String] {
    Inspection.table(of: session.host.variables(), setter: session.host.setter)
  }

  @Test("whos tells name, kind, shape and bytes, and counts what is shared once in the sum")
  func whos() {
    let text = output(
      of: """
        let x = zeros([5, 200])
        let both = [x, x]
        let log = table("a", "b")
        add_row(log, a: 1, b: 2)
        let data = load("shapes", n: 7)
        let f = linear(3, 4)
        let n = 1
        whos()
        """)
    let rows = text.split(separator: "\n").map { line in
      line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    func row(_ name: String) -> [String] { rows.first { $0.first == name } ?? [] }
    #expect(rows.first == ["name", "kind", "shape", "bytes", "set", "by"])
    // 1000 floats and the object of 64 bytes; a list is 64 and its places, and the tensor once.
    #expect(row("x") == ["x", "tensor", "5", "x", "200", "4.1", "kB", "<input>"])
    #expect(row("both").starts(with: ["both", "list", "2", "items", "4.2", "kB"]))
    #expect(row("log").starts(with: ["log", "table", "1", "row", "x", "2"]))
    #expect(
      row("data") == [
        "data", "dataset", "7", "x", "3", "x", "32", "x", "32", "21.5", "kB", "<input>",
      ])
    #expect(row("f").starts(with: ["f", "linear", "16", "parameters"]))
    #expect(row("n") == ["n", "number", "8", "B", "<input>"])
    #expect(rows.count == 8)
    let ends = text.split(separator: "\n").map { line in
      line.firstRange(of: "B").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
    }
    #expect(Set(ends.dropFirst()).count == 1, "columns are aligned")
  }

  @Test(
    "whos tells what set a variable: the entry that named it or changed it, not one that failed")
  func setBy() {
    let session = Session()
    func enter(_ text: String) { _ = session.evaluate(text, isPrompt: true) }
    enter("let b = [1]; let d = 5\nlet a = 1; let c = 2")
    enter("fn change() { c = 3 }")
    enter("a = 1")
    enter("change()")
    enter("push(b, 2)")
    enter("b = error(\"no\"); d = 6")
    _ = session.evaluate("let 数据 = zeros([2])", name: "folder/work.ccv")
    func source(_ name: String) -> String? {
      session.value(of: name).map { session.host.setter(name, $0) }
    }
    #expect(source("a") == "a = 1" && source("c") == "change()")
    #expect(source("b") == "let b = [1]; let d = 5" && source("d") == source("b"))
    #expect(source("change") == "fn change() { c = 3 }")
    #expect(source("数据") == "work.ccv")
    let rows = table(session)
    let ends = rows.dropFirst().dropLast().compactMap { row in
      row.firstRange(of: "B ").map { displayWidth(of: String(row[..<$0.lowerBound])) }
    }
    #expect(ends.count == 7 && Set(ends).count == 1, "\(rows.joined(separator: "\n"))")
  }

  @Test("the sum is of what there is, not of what is named")
  func sharedSum() {
    let session = Session()
    _ = session.evaluate("let x = zeros([100000])\nlet y = x\nlet z = [x, [x]]")
    let text = table(session)
    #expect(text.last?.contains(/in all +400\.[34] kB$/) == true, "\(text)")
    #expect(Inspection.table(of: [], setter: { _, _ in "" }) == ["no variables yet"])
  }

  @Test("a list that holds itself, and one nested very deep, are counted")
  func hardLists() {
    #expect(output(of: "let a = [1]\npush(a, a)\nwhos()").contains("a     list"))
    let deep = output(of: "let a = []\nfor i in 1..100k { a = [a] }\nwhos()")
    #expect(deep.contains("a     list  1 item") && deep.contains(" MB"), "\(deep)")
  }

  @Test(
    "bytes",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_536_000, "1.5 MB"),
      (2_000_000_000, "2.0 GB"),
    ])
  func bytes(count: Int, text: String) { #expect(Inspection.bytes(count) == text) }

  @Test("version names the kernels, the matrix library and the threads")
  func version() {
    let text = Version.report()
    #expect(text.hasPrefix("ccv \(Version.number)\n"))
    #expect(["avx512", "avx2", "baseline"].contains { text.contains("kernels          \($0), ") })
    let library = MatrixProduct.provider == .oneDNN ? "oneDNN" : "OpenBLAS 0."
    #expect(text.contains("matrix products  \(library)") || text.contains("warning: "))
    let answer = MatrixProduct.bfloat16Problem.map { "no: \($0)" } ?? "yes"
    #expect(text.contains("bfloat16         \(answer)\n"))
    #expect(text.contains("threads          "))
    // Other tests set the number of threads meanwhile.
    func fixed(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.contains("threads") }
    }
    #expect(fixed(output(of: "version()")) == fixed(text))
  }

  @Test(
    "an error says when a name hides a built-in function",
    arguments: [
      ("let mean = 3\nmean([1])", "own number"),
      ("fn show(x) { x }\nshow(1, title: \"a\")", "own function"),
      ("fn show(x) { x }\nshow()", "own function"),
    ])
  func shadowed(code: String, note: String) {
    guard case .failed(let diagnostic) = Session().evaluate(code) else {
      Issue.record("an error")
      return
    }
    #expect(diagnostic.notes.contains { $0.contains(note) && $0.contains("hides the built-in") })
  }

  @Test(
    "and keeps quiet where nothing is hidden",
    arguments: [
      "let m = 3\nm([1])", "let mean = 3\nlet m = 4\nm([1])", "fn f(x) { x }\nf(1, title: 2)",
      "show(1, titel: 2)",
    ])
  func notShadowed(code: String) {
    guard case .failed(let diagnostic) = Session().evaluate(code) else {
      Issue.record("an error")
      return
    }
    #expect(!diagnostic.notes.contains { $0.contains("hides the built-in") })
  }

  @Test("a data set tells its size and its classes with their counts")
  func dataset() {
    let text = output(of: "print(load(\"shapes\", n: 95))")
    #expect(text.hasPrefix("dataset shapes: 95 images of 32 x 32, 10 classes\n  disc 10, ring 10,"))
    #expect(text.hasSuffix("arrow 9\n"))
    #expect(output(of: "print(load(\"shapes\", n: 30))").contains("\n  3 each of disc, ring,"))
  }
}
