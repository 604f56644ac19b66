import Foundation
import Syntax
import Testing

@Suite("The one style")
struct FormattingTests {
  private func style(_ text: String) -> String {
    formatted(SourceFile(name: "test", text: text)).text
  }

  @Test(
    "blanks, indentation and empty lines are the formatter's",
    arguments: [
      ("let   x=1", "let x = 1\n"),
      ("f( a,b :1 ,..c )", "f(a, b: 1, ..c)\n"),
      ("x[ : ,1 ..2,-1,... ,..3]", "x[:, 1..2, -1, ..., ..3]\n"),
      ("- x^ -2 *( a-b )", "-x^-2 * (a - b)\n"),
      ("not(a)and -b<c", "not (a) and -b < c\n"),
      ("if(a){b}else{ }", "if (a) { b } else {}\n"),
      ("let f=(x,y=2)=>x+y", "let f = (x, y = 2) => x + y\n"),
      ("let r=(:)", "let r = (:)\n"),
      ("x|>f|>g( 1 )", "x |> f |> g(1)\n"),
      ("for i in 0..<9 by 3{print( i )}", "for i in 0..<9 by 3 { print(i) }\n"),
      ("fn f (x){\nx\n}", "fn f(x) {\n  x\n}\n"),
      ("fn f(x) { x\n}", "fn f(x) {\n  x\n}\n"),
      ("if a { b\n} else { c }", "if a {\n  b\n} else { c }\n"),
      ("a\n\n\n\nb\n\n", "a\n\nb\n"),
      ("f(\n\n  1,\n\n  2\n\n)", "f(\n  1,\n\n  2\n)\n"),
      ("try {\n  a\n}\ncatch e {\n  b\n}", "try {\n  a\n} catch e {\n  b\n}\n"),
      ("let x = a\n|> f\n   |> g", "let x = a\n  |> f\n  |> g\n"),
      ("let x =\n1 +\n2", "let x =\n  1 +\n  2\n"),
      ("let x = f(a\n+ b,\nc)", "let x = f(a\n    + b,\n  c)\n"),
      ("f(x => {\na\n}, [\n1\n])", "f(x => {\n  a\n}, [\n  1\n])\n"),
      ("a;b ; c", "a; b; c\n"),
      ("print(\"{a  +b}\",'  ')", "print(\"{a  +b}\", '  ')\n"),
      ("let t = \"\"\"\n   two  \n\"\"\"", "let t = \"\"\"\n   two  \n\"\"\"\n"),
      ("", ""), ("\n\n", ""), ("# only", "# only\n"),
      ("let x = 1\r\nx\r\n", "let x = 1\nx\n"),
    ])
  func table(text: String, expected: String) {
    #expect(style(text) == expected)
    #expect(style(expected) == expected)
  }

  @Test(
    "comments stay, indented like what they stand above, two blanks behind what they follow",
    arguments: [
      ("#!/usr/bin/env ccv\n# %% Title\nx", "#!/usr/bin/env ccv\n# %% Title\nx\n"),
      ("x # note   ", "x  # note\n"),
      ("fn f() {\n# inside\nx\n   # last\n}", "fn f() {\n  # inside\n  x\n  # last\n}\n"),
      ("fn f() { # about\nx\n}", "fn f() {  # about\n  x\n}\n"),
      ("a\n  # between\n  |> b", "a\n  # between\n  |> b\n"),
      ("f(\n1, # one\n2\n# end\n)", "f(\n  1,  # one\n  2\n  # end\n)\n"),
      // Comments in one column stay in one.
      ("a   # 1\nbbb # 2", "a    # 1\nbbb  # 2\n"),
      ("a   # 1\nbb\nbbb # 2", "a    # 1\nbb\nbbb  # 2\n"),
      ("a # 1\nbbb # 2", "a  # 1\nbbb  # 2\n"),
      ("a   # 1\n\nbbb # 2", "a  # 1\n\nbbb  # 2\n"),
      (
        "f(\"\"\"\nlong text\nb\"\"\") # 1\nlonger # 2",
        "f(\"\"\"\nlong text\nb\"\"\")  # 1\nlonger  # 2\n"
      ),
      ("##  Doc.\n##  > f(1)\nfn f(x){x}", "##  Doc.\n##  > f(1)\nfn f(x) { x }\n"),
    ])
  func comments(text: String, expected: String) {
    #expect(style(text) == expected)
    #expect(style(expected) == expected)
  }

  @Test("a line that is too long is broken at blocks, then pipes, then elements, then operators")
  func longLines() {
    let name = String(repeating: "n", count: 30)
    #expect(
      style("if \(name) { \(name)(\(name)); \(name) } else { \(name) }")
        == "if \(name) {\n  \(name)(\(name));\n  \(name)\n} else {\n  \(name)\n}\n")
    #expect(
      style("let x = \(name) |> \(name)(1) |> \(name)(2)")
        == "let x = \(name)\n  |> \(name)(1)\n  |> \(name)(2)\n")
    #expect(
      style("f(\(name), a: \(name), b: [1, 2], \(name))")
        == "f(\n  \(name), a: \(name), b: [1, 2],\n  \(name)\n)\n")
    #expect(
      style("fn f(\(name) = 1, \(name)2 = 2, \(name)3 = 3) { 1 }")
        == "fn f(\n  \(name) = 1, \(name)2 = 2,\n  \(name)3 = 3\n) {\n  1\n}\n")
    #expect(
      style("let x = \(name)(1, 2) + \(name)(3, 4) - \(name)(5, 6)")
        == "let x = \(name)(1, 2) +\n  \(name)(3, 4) -\n  \(name)(5, 6)\n")
    let rows = (0..<20).map { "\($0), -\($0)" }.joined(separator: "; ")
    let lines = style("[\(rows)]").split(separator: "\n")
    #expect(
      lines.allSatisfy { $0.count <= 100 }
        && lines.dropFirst().dropLast(2).allSatisfy { $0.hasSuffix(";") })
    // What cannot be broken stays.
    let text = "print(\"\(String(repeating: "x", count: 120))\")\n"
    #expect(style(text) == text)
  }

  @Test("a text with mistakes is told and left as it is")
  func mistakes() {
    let result = formatted(SourceFile(name: "test", text: "let  x = = 1"))
    #expect(result.text == "let  x = = 1")
    #expect(result.diagnostics.map(\.code.description) == ["E020"])
  }

  /// Every program among the tests, the examples and the library.
  private static let corpus: [URL] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folders = ["Tests/LanguageTests/Cases", "Tests/SyntaxTests/Goldens"] + ownFolders
    return folders.flatMap { folder in
      let below = FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil)
      return (below?.allObjects ?? []).compactMap { $0 as? URL }
        .filter { ["ccv", "txt"].contains($0.pathExtension) }
    }.sorted { $0.path < $1.path }
  }()

  private static let ownFolders = ["examples", "Sources/StandardLibrary/methods"]

  @Test("of every program that there is, formatting keeps the meaning and is done with at once")
  func wholeCorpus() throws {
    var count = 0
    for url in Self.corpus {
      let file = SourceFile(name: url.lastPathComponent, bytes: Array(try Data(contentsOf: url)))
      let once = formatted(file)
      guard once.diagnostics.isEmpty else { continue }
      count += 1
      let parsed = parse(SourceFile(name: "", text: once.text))
      #expect(parsed.program.dump() == parse(file).program.dump(), "\(url.lastPathComponent)")
      #expect(style(once.text) == once.text, "\(url.lastPathComponent)")
      #expect(
        comments(in: file) == comments(in: SourceFile(name: "", text: once.text)),
        "\(url.lastPathComponent)")
    }
    #expect(count > 100)
  }

  private func comments(in file: SourceFile) -> [String] {
    tokens(in: file).filter(\.kind.isComment).map { token in
      file.text(of: token.range).split(separator: " ").joined(separator: " ")
    }
  }

  @Test("the examples and the library are in style: `ccv fmt examples Sources/StandardLibrary`")
  func own() throws {
    for url in Self.corpus where Self.ownFolders.contains(where: { url.path.contains("/\($0)/") }) {
      let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      #expect(style(text) == text, "\(url.lastPathComponent)")
    }
  }
}
