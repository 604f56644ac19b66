// `ccv check`: what it says of programs that run, and that it says nothing of sound ones.

import Session
import Syntax
import TestSupport
import Testing

@Suite("Checking without running", .oneInterpreter)
struct CheckingTests {
  private func found(_ text: String) -> [String] {
    Session().check(SourceFile(name: "test", text: text)).map {
      "\($0.code) \($0.primary.map { $0.file.text(of: $0.range) } ?? "")"
    }
  }

  @Test(
    "what may be wrong is told at its place",
    arguments: [
      ("fn f(x) {\n  let y = 2\n  x\n}", ["E067 y"]),
      ("let n = 0\nfor i in 1..3 { let n = i }", ["E068 n"]),
      ("let n = 0\nfor i in 1..3 {\n  let n = n + i\n}", ["E068 n"]),
      ("let mean = 3\nmean([1])", ["E069 mean"]),
      ("fn f(x) {\n  return x\n  x + 1\n}", ["E070 x + 1"]),
      ("for i in 1..3 {\n  break\n  print(i)\n}", ["E070 print(i)"]),
      ("fn f(x) {\n  x + 1\n  x\n}", ["E071 x + 1"]), ("let x = 1\nx == 2\nprint(x)", ["E071 =="]),
      ("let x = 1\nprint(\"$x\")", ["E072 \"$x\""]),
      ("kmeans(zeros([4, 3]), k: 2, iterations: 3)", ["E106 iterations"]),
      ("zeros(3, 4)", ["E105 4"]), ("kmeans(zeros([4, 3]))", ["E105 kmeans(zeros([4, 3]))"]),
      ("load(\"shapes\", split: \"tset\")", ["E119 \"tset\""]),
      ("ccvit(sise: \"micro\")", ["E106 sise"]),
      ("fn f(a, b = 1) { a * b }\nf(1, 2)\nf(b: 3)", ["E105 2", "E105 f(b: 3)"]),
      ("fn f(a, b) { a + b }\nf(a: 1, 2, 3)", ["E105 3"]),
      ("fn f(a, b) { a + b }\nf(1, a: 2)", ["E106 a"]),
      ("fn f(x) {\n  x > 0 or x < 3\n  x\n}", ["E071 x > 0 or x < 3"]),
      ("let count = 0\ncount = 1\ncount([1])", ["E069 count"]),
      ("[1] |> map([1], x => x)", ["E105 x => x"]),
      ("let total = 0\nx = lenn([1])", ["E061 x", "E060 lenn"]),
      ("let lr = 1\nprint(lr - 20%)", ["E066 lr - 20%"]),
    ])
  func mistakes(text: String, expected: [String]) {
    #expect(found(text) == expected)
  }

  @Test(
    "what depends on values, or is meant, is left alone",
    arguments: [
      "fn f(x) {\n  let _y = 2\n  x\n}", "let note = x => x\nnote(1)",
      "let n = 0\nfor i in 1..3 {\n  let n = i\n  print(n)\n}",
      "try { zeros(3, 4) } catch e { print(e) }",
      "let args = (k: 3)\nlet p = zeros([4, 3])\nkmeans(p, ..args)", "x => x", "let a = 1\na",
      "print(\"costs $5\")", "fn f(a) { a }\nlet f = (a, b) => a + b\nf(1, 2)",
      "fn f(n) { if n < 1 { 0 } else { f(n - 1) } }",
      "let log = table(\"a\")\nnote(log, a: 1, b: 2)",
      "fn f() {\n  let n = 0\n  fn g() { n }\n  g\n}",
      "fn f(x) { x }\nfn setup() { f = (a, b) => a + b }\nsetup()\nprint(f(1, 2))",
      "fn f(a, b) { a + b }\nf(a: 1, 2)", "fn f(a, b) { a + b }\nf(b: 1, 2)",
      "fn f(xs) {\n  len(xs) > 0 or error(\"empty\")\n  xs\n}",
      "let x = 3\nprint('$x costs', ('$x'), \"{len('$x')}\")",
      "let count = 0\ncount = xs => len(xs)\ncount([1])",
      "for i in 1..3 { if i > 1 { continue }\nprint(i) }",
    ])
  func sound(text: String) {
    #expect(found(text) == [])
  }

  @Test("examples, notebooks and the library pass without a word")
  func published() throws {
    let root = String(#filePath.dropLast("Tests/LanguageTests/CheckingTests.swift".count))
    var count = 0
    for folder in ["examples", "notebooks", "Sources/StandardLibrary"] {
      for path in SourceReader.programs(below: root + folder) {
        let bytes = try #require(SourceReader.read(path))
        let found = Session().check(SourceFile(name: path, bytes: bytes))
        #expect(found.isEmpty, "\(DiagnosticRenderer().render(found))")
        count += 1
      }
    }
    #expect(count > 8)
  }
}
