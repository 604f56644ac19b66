import Syntax
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
  @Test("codes are unique and can be found by name")
  func codesAreUnique() {
    #expect(Set(ErrorCode.all.map(\.number)).count == ErrorCode.all.count)
    #expect(ErrorCode.named("e21") == .shapeMismatch && ErrorCode.named("E021") == .shapeMismatch)
    #expect(ErrorCode.named("E999") == nil && ErrorCode.named("x") == nil)
  }

  @Test("two operands that disagree are both pointed at")
  func twoSpans() {
    let file = SourceFile(name: "demo.ccv", text: "a\nlet mse = mean((p.pixels - x)^2)")
    let diagnostic = Diagnostic(
      code: .shapeMismatch, message: "shapes do not line up in \"-\"",
      primary: Label(file, SourceRange(start: 18, end: 26), "128 x 64 x 48"),
      secondary: [Label(file, SourceRange(start: 29, end: 30), "128 x 3 x 32 x 32")],
      notes: ["Element-wise work needs equal shapes."], hint: "`patchify(x, size: 4)`.")
    #expect(
      DiagnosticRenderer().render(diagnostic) == """
        error E021: shapes do not line up in "-"
          demo.ccv:2:17
            2 | let mse = mean((p.pixels - x)^2)
              |                 ^^^^^^^^ 128 x 64 x 48
              |                            ^ 128 x 3 x 32 x 32
          Element-wise work needs equal shapes.
          Try: `patchify(x, size: 4)`.                        More: ?E021
        """)
    #expect(
      DiagnosticRenderer().render(diagnostic, form: .short) == """
        error E021: shapes do not line up in "-"
          demo.ccv:2:17
            2 | let mse = mean((p.pixels - x)^2)
              |                 ^^^^^^^^ 128 x 64 x 48
              |                            ^ 128 x 3 x 32 x 32
          Try: `patchify(x, size: 4)`.
        """)
  }

  @Test("labels in other files and on distant lines are shown, long lines are cut")
  func manyLabels() {
    let a = SourceFile(
      name: "a.ccv", text: "one\ntwo\nthree\n" + String(repeating: "x + ", count: 40) + "y")
    let b = SourceFile(name: "b.ccv", text: "four")
    let diagnostic = Diagnostic(
      code: .shapeMismatch, message: "m",
      primary: Label(a, SourceRange(start: 174, end: 175), "here"),
      secondary: [
        Label(a, SourceRange(start: 0, end: 3)), Label(b, SourceRange(start: 0, end: 4), "there"),
      ])
    #expect(
      DiagnosticRenderer(width: 50).render(diagnostic) == """
        error E021: m
          a.ccv:4:161
            1 | one
              | ^^^
           ...
            4 | …x + x + x + x + x + y
              |                      ^ here
          b.ccv:1:1
            1 | four
              | ^^^^ there
          More: ?E021
        """)
  }

  @Test("colour adds codes and nothing else")
  func colour() {
    let diagnostics = parse(SourceFile(name: "t", text: "let = 3\nf(1 2)")).diagnostics
    let plain = DiagnosticRenderer().render(diagnostics)
    let colored = DiagnosticRenderer(usesColor: true).render(diagnostics)
    #expect(colored != plain && colored.contains("\u{1B}[1;31m"))
    #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test(
    "suggestions: case first, exchanges count once, far words are left out",
    arguments: [
      ("Kmeans", ["kmeans"]), ("kmaens", ["kmeans"]), ("patchfy", ["patchify"]),
      ("norm", ["normalize"]), ("zzz", []), ("shwo", ["show"]), ("x", []), ("Y", ["y"]),
    ])
  func suggestions(word: String, expected: [String]) {
    let names = ["kmeans", "patchify", "normalize", "show", "y"]
    #expect(Suggestion.nearest(to: word, among: names) == expected)
  }

  @Test("lines and columns count characters, and widths count terminal columns")
  func places() {
    let file = SourceFile(name: "t", text: "a\r\n日本e\u{301}x\r\u{1F600}b")
    #expect(file.lineCount == 3)
    #expect(file.location(at: 3) == SourceLocation(line: 2, column: 1))
    #expect(file.location(at: 12) == SourceLocation(line: 2, column: 4))
    #expect(file.location(at: 18) == SourceLocation(line: 3, column: 2))
    #expect(file.text(of: file.lineRange(2)) == "日本e\u{301}x")
    #expect(displayWidth(of: "日本e\u{301}x\u{1F600}") == 8)
  }

  @Test("foreign words have cures, and no word of the language is one")
  func foreignWords() {
    #expect(ForeignWords.cure(for: "None") == "`nil`.")
    #expect(ForeignWords.cure(for: "kmeans") == nil)
    for word in Token.Kind.reservedWords { #expect(ForeignWords.cure(for: word) == nil) }
  }
}
