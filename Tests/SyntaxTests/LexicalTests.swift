import Syntax
import Testing

@Suite("Lexical rules")
struct LexicalTests {
  @Test(
    "numbers have exact values",
    arguments: [
      ("1_000", 1000), ("2.5e-3", 0.0025), ("75%", 0.75), ("0.1%", 0.001), ("512k", 512_000),
      ("1.5M", 1_500_000), ("5s", 5), ("2min", 120), ("1.5h", 5400), ("1E3", 1000), ("1e3%", 10),
      ("9007199254740992", 0x1p53), ("0", 0), ("1e-400", 0), ("0.3", 0.3),
    ])
  func numbers(text: String, value: Double) {
    #expect(expression(text) == "\(value)")
  }

  @Test(
    "texts of strings",
    arguments: [
      (#""a\n\t\"\\\{\}\u{1F600}""#, "a\n\t\"\\{}\u{1F600}"),
      ("'a\\n{x}'", "a\\n{x}"),
      (#""a} b""#, "a} b"),
      ("\"\"\"\n    one\n      two\n\n    \"\"\"", "one\n  two\n"),
      ("\"\"\"one\n  two\"\"\"", "one\ntwo"),
      ("\"\"\"\r\n  one\r\n  two\r\n  \"\"\"", "one\ntwo"),
      ("\"\"\"\n  say \"hi\" \\\n  now\n  \"\"\"", "say \"hi\" now"),
      ("\"\"", ""),
    ])
  func strings(text: String, value: String) throws {
    let result = parse(SourceFile(name: "t", text: text))
    #expect(result.diagnostics.isEmpty)
    let statement = try #require(result.program.statements.first)
    guard case .expression(let expr) = statement.kind, case .string(let parts) = expr.kind else {
      Issue.record("not a string: \(text)")
      return
    }
    let texts = parts.map { if case .text(let text) = $0 { text } else { "?" } }
    #expect(texts == (value.isEmpty ? [] : [value]))
  }

  @Test(
    "interpolations nest and take formats",
    arguments: [
      (#""{x}""#, "(string ({} x))"),
      (#""a{x:.3}b""#, "(string \"a\" ({} .3 x) \"b\")"),
      (#""{r:%} {n:,}""#, "(string ({} % r) \" \" ({} , n))"),
      (
        #""{f("a{1}", (k: 2), x[:])}""#,
        "(string ({} (call f (string \"a\" ({} 1.0)) (record (k: 2.0)) (index x :))))"
      ),
      (#""{map(xs, x => { x })}""#, "(string ({} (call map xs (=> {} parameter x (block x)))))"),
    ])
  func interpolation(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test("bytes that are not UTF-8 are one error that names the first and its line")
  func notUTF8() throws {
    let result = parse(SourceFile(name: "t", bytes: Array("let x = ".utf8) + [0xFF, 0xC3, 0x28]))
    #expect(result.diagnostics.map(\.code.description) == ["E001"])
    #expect(result.diagnostics.first?.message.contains("0xFF in line 1") ?? false)
    #expect(!result.isIncomplete && tokens(in: result.file).isEmpty)
  }

  @Test("cells carry kind, title and body")
  func cells() {
    let text = "a\n# %% One\nb\n#%% [markdown] Two words \n# some *prose*\n#\n# more\n# %%\n"
    let result = parse(SourceFile(name: "t", text: text))
    let cells = result.program.cells
    #expect(cells.map(\.title) == ["One", "Two words", ""])
    #expect(cells.map(\.kind) == [.code, .markdown, .code])
    #expect(result.file.text(of: cells[0].bodyRange) == "b\n")
    #expect(cells[1].prose(in: result.file) == "some *prose*\n\nmore")
    #expect(cells[2].bodyRange.isEmpty)
  }

  @Test("documentation belongs to the fn right below it")
  func documentation() throws {
    let text = """
      ## lost

      ## Adds.
      ##
      ## Longer text.
      ## > let y = add(1,
      ## >   2)
      ## 3
      ## 4
      fn add(a, b) { a + b }
      fn bare() { }
      """
    let program = parse(SourceFile(name: "t", text: text)).program
    let docs = program.statements.map { statement -> Documentation? in
      guard case .function(let declaration) = statement.kind else { return nil }
      return declaration.documentation
    }
    let first = try #require(docs[0])
    #expect(first.summary == "Adds.")
    #expect(first.text == "Adds.\n\nLonger text.")
    #expect(first.doctests.map(\.code) == ["let y = add(1,\n  2)"])
    #expect(first.doctests.map(\.expected) == [["3", "4"]])
    #expect(docs[1] == nil)
  }

  @Test("a pipe at the start of a cell takes it; elsewhere it is an error")
  func pipeFromIt() {
    #expect(expression("# %% a\n|> f\n# %% b\n|> g") == "(call f (|> it)) (call g (|> it))")
    #expect(codes("a;\n|> f") == ["E029"])
    #expect(codes("if a { |> f }") == ["E029"])
  }

  @Test("colours cover words, names, labels, strings and comments")
  func colours() {
    let file = SourceFile(name: "t", text: "let y = f(k: 3%) |> g # n\n\"a{x:.2}\"")
    let pairs = coloredTokens(in: file).map { "\(file.text(of: $0.token.range)) \($0.category)" }
    #expect(
      pairs == [
        "let keyword", "y name", "= operator", "f function", "( punctuation", "k label",
        ": punctuation", "3% number", ") punctuation", "|> operator", "g function", "# n comment",
        "\" string", "a string", "{ interpolation", "x name", ": punctuation", ".2 interpolation",
        "} interpolation", "\" string",
      ])
  }
}
