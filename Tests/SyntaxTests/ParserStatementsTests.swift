import Syntax
import Testing

@Suite("Statements")
struct ParserStatementsTests {
  @Test(
    "every statement of the grammar",
    arguments: [
      ("let x = 1", "(let x 1.0)"),
      ("let (a, b) = p", "(let (a, b) p)"),
      ("x = 2", "(assign x 2.0)"),
      ("x.y[0, :].z = 2", "(assign x .y ([] 0.0 :) .z 2.0)"),
      ("fn f() { }", "(fn f block)"),
      ("fn f(a, b = 1,) { a }", "(fn f parameter a (parameter b 1.0) (block a))"),
      ("for x in xs { x }", "(for x xs (block x))"),
      ("for (i, x) in xs { x }", "(for (i, x) xs (block x))"),
      ("while a { break; continue }", "(while a (block break continue))"),
      ("return", "return"),
      ("return 1 + 2", "(return (+ 1.0 2.0))"),
      ("try { 1 } catch e { 2 }", "(try (block 1.0)) (catch e (block 2.0))"),
      ("import \"a.ccv\" as a", "import a.ccv as a"),
      ("import 'b.ccv'", "import b.ccv"),
    ])
  func statements(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "a statement ends at the end of a line, unless it goes on",
    arguments: [
      ("a\nb", "a b"),
      ("a;b;;\n\n;c", "a b c"),
      ("a +\n b", "(+ a b)"),
      ("a # one\n# two\n  |> f # three\n  |> g", "(call g (|> (call f (|> a))))"),
      ("let x =\n  1", "(let x 1.0)"),
      ("x =>\n  x", "(=> parameter x (block x))"),
      ("f(\n  a,\n  b\n)", "(call f a b)"),
      ("[1,\n 2;\n 3,\n 4]", "(tensor (row 1.0 2.0) (row 3.0 4.0))"),
      ("f(x => {\n a\n b\n})", "(call f (=> {} parameter x (block a b)))"),
      ("a\n-b", "a (- b)"),
      ("f\n(x)", "f x"),
      ("x\n[0]", "x (list 0.0)"),
      ("a\r\nb\rc", "a b c"),
      ("a and\nb or\nnot\nc", "(or (and a b) (not c))"),
      ("if a {\n 1\n} else {\n 2\n}", "(if a (block 1.0) (block 2.0))"),
      ("try {\n 1\n}\ncatch e { 2 }", "(try (block 1.0)) (catch e (block 2.0))"),
      ("\u{FEFF}#!/usr/bin/env ccv\n\ta", "a"),
    ])
  func newlines(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "independent mistakes are reported together",
    arguments: [
      ("let = 1\nlet b = 2\nf(1 2)\n)", ["E020", "E037", "E023"]),
      ("f(1,\nlet x = 2\nlet = 3", ["E022", "E020"]),
      ("for x xs {\n  let = 1\n}\nlet = 2", ["E020", "E020", "E020"]),
      ("fn f(x) {\n  let = 1\n  x +* 2\n}", ["E020", "E020"]),
      ("x = 1 }\nlet = 2", ["E023", "E020"]),
    ])
  func recovery(text: String, expected: [String]) {
    #expect(codes(text) == expected)
  }

  @Test("sound statements around a mistake stay in the tree")
  func partialTree() {
    let result = parse(SourceFile(name: "t", text: "let a = 1\nlet = 2\nlet c = 3"))
    #expect(result.hasErrors)
    #expect(result.program.dump() == "let a\n  1.0\nlet c\n  3.0")
  }

  @Test(
    "a last semicolon asks not to show the value",
    arguments: [("a;", true), ("a; # quiet", true), ("a;\n\n", true), ("a;b", false), (";", false)])
  func semicolon(text: String, isQuiet: Bool) {
    #expect(parse(SourceFile(name: "t", text: text)).program.endsWithSemicolon == isQuiet)
  }

  @Test("nesting and length are limited without a crash")
  func limits() {
    let deep = 20_000
    for (open, close) in [
      ("(", ")"), ("[", "]"), ("f(", ")"), ("- ", ""), ("not ", ""),
      ("x => ", ""), ("if a { ", "}"), ("x => { ", "}"), ("2 ^ ", ""), ("(a: ", ")"), ("x[", "]"),
    ] {
      let text = String(repeating: open, count: deep) + "1" + String(repeating: close, count: deep)
      #expect(codes(text) == ["E031"], "\(open)")
    }
    for link in [" + 1", ".a", "[0]", "()", " |> f", " and a"] {
      #expect(codes("x" + String(repeating: link, count: deep)) == ["E031"], "\(link)")
    }
    #expect(
      codes(String(repeating: "(", count: 50) + "1" + String(repeating: ")", count: 50)) == [])
    #expect(codes("1" + String(repeating: " + 1", count: 500)) == [])
  }
}
