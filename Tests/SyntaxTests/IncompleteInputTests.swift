import Syntax
import Testing

@Suite("Incomplete input")
struct IncompleteInputTests {
  @Test(
    "more lines could complete it",
    arguments: [
      "f(", "f(1,", "f(1", "[1, 2", "[1;", "x[", "(a: 1", "x => {", "if a {", "if a {\n  b",
      "if a { 1 } else {", "fn f() {\n  # comment", "1 +", "1 +\n", "a |>", "a and", "not",
      "let x =", "x =>", "f(1,\n\n", "1..", "a.", "for x in", "0..9 by", "try { 1 }",
      "try { 1 }\n", "try {", "\"\"\"abc", "\"\"\"abc {x", "\"\"\"\nabc\n", "## doc", "## doc\n",
      "## doc\n## more", "a;\n## doc\n", "f(x => {\n let y = 1\n", "x = [\n 1,\n",
      "\"\"\"{f(",
    ])
  func incomplete(text: String) {
    #expect(parse(SourceFile(name: "<prompt 1>", text: text)).isIncomplete)
  }

  @Test(
    "no line could mend it, or nothing is missing",
    arguments: [
      "", "\n", "a", "a;", "f(1)", "f(1]", "let x", "let = 3", "for x", "for x in xs", "fn f",
      "fn f(a)", "if a", "else {", "\"abc", "'abc", "\"{f(", "f(1 2,", "let = 3\nf(", "x = )",
      "try { 1 } catch e { 2 }", "## doc\n\n", "# comment", "## doc\nfn f() { }", "a $ (",
      "f(1,\nlet x = 2",
      "import", "return", "1 2 +", "|> f", "x = {", "\"\"\"a\"\"\"",
    ])
  func complete(text: String) {
    #expect(!parse(SourceFile(name: "<prompt 1>", text: text)).isIncomplete)
  }

  @Test("an incomplete text becomes complete when the rest is added")
  func completing() {
    let text =
      "fn f(a,\n  b = \"x{a}\") {\n  a |>\n    g(1,\n [2; 3])\n}\ntry {\n  1\n}\ncatch e {\n}"
    let lines = text.split(separator: "\n")
    let answers = lines.indices.map { last in
      let start = lines[...last].joined(separator: "\n")
      return parse(SourceFile(name: "t", text: start)).isIncomplete
    }
    #expect(answers == [true, true, true, true, true, false, true, true, true, true, false])
  }
}
