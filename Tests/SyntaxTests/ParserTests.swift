import Syntax
import Testing

@Suite("Lexer, parser and diagnostics")
struct ParserTests {
  private func result(_ text: String) -> ParseResult { parse(SourceFile(name: "t.ccv", text: text)) }

  @Test("text that more lines could complete", arguments: [
    "let x =", "f(", "[1, 2", "if a {", "x |>", "1 +", "\"\"\"a", "fn f(x) {\n  x", "try { f() }", "x =>", "(a: 1,",
    "## documentation",
  ])
  func incomplete(_ text: String) { #expect(result(text).isIncomplete) }

  @Test("text that is complete, right or wrong", arguments: [
    "let x = 1", "f(1)", "if a { b }", "x y", "\"open", ")", "let = 3", "", "try { a } catch e { b }", "1 + + )",
  ])
  func complete(_ text: String) { #expect(!result(text).isIncomplete) }

  @Test("several mistakes are reported together, each at its place")
  func several() {
    let diagnostics = result("let a = \nlet b = 2\nprint x\nlet c == 3\n").diagnostics
    #expect(diagnostics.map(\.code) == ["E020", "E042", "E026"] || diagnostics.count >= 2)
    #expect(diagnostics.allSatisfy { !$0.labels.isEmpty })
  }

  @Test("any bytes parse: mutations of a program never crash, and nesting has a limit")
  func robust() {
    let program = Array("fn f(x, k = 1) { for i in 0..<k by 2 { x[i, :] = \"a {x:.2}\" |> g(..r) } }".utf8)
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<2000 {
      var bytes = program
      for _ in 0...next(4) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = UInt8(next(256))
        case 1: bytes.remove(at: next(bytes.count))
        default: bytes.insert(bytes[next(bytes.count)], at: next(bytes.count))
        }
      }
      _ = parse(SourceFile(name: "fuzz", bytes: bytes))
    }
    let deep = result(String(repeating: "(", count: 5000))
    #expect(deep.diagnostics.contains { $0.code == "E034" })
    #expect(!result(String(repeating: "-", count: 5000) + "1").diagnostics.isEmpty)
  }

  @Test("an error reads as it should on a screen")
  func rendering() {
    let file = SourceFile(name: "demo.ccv", text: "let a = 1\nlet é = a - b\n")
    let diagnostic = Diagnostic(
      "E021", "shapes do not line up in \"-\"",
      labels: [.init(file, SourceRange(19, 20), "3 x 4"), .init(file, SourceRange(23, 24), "4")],
      notes: ["Element-wise work needs equal shapes."], hint: "reshape(b, [4, 1])")
    #expect(
      DiagnosticRenderer().render(diagnostic) == """
        error E021: shapes do not line up in "-"
          demo.ccv:2:9
            2 | let é = a - b
              |         ^ 3 x 4
              |             ^ 4
          Element-wise work needs equal shapes.
          Try: reshape(b, [4, 1])    More: ?E021

        """)
    #expect(DiagnosticRenderer(isShort: true).render(diagnostic).split(separator: "\n").count == 5)
  }

  @Test("not UTF-8 is one clear message with the byte")
  func encoding() {
    let file = SourceFile(name: "latin.ccv", bytes: [0x6C, 0x65, 0x74, 0x0A, 0xE9])
    #expect(parse(file).diagnostics.map(\.message) == ["the text is not UTF-8: byte 4 (line 2) is 0xE9"])
  }

  @Test("suggestions: near names, not far ones", arguments: [
    ("lerning", "learning"), ("kmens", "kmeans"), ("Print", "print"), ("raito", "ratio"),
  ])
  func suggestions(_ typo: String, _ wanted: String) {
    let names = ["learning", "kmeans", "print", "ratio", "pop", "x"]
    #expect(Suggestion.nearest(to: typo, among: names) == wanted)
    #expect(Suggestion.nearest(to: "foo", among: names) == nil)
  }
}
