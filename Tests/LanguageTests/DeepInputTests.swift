import Session
import Syntax
import Testing

/// A program that no person writes, and that a generator or a cat on the keyboard does.
struct RepeatedText: Sendable, CustomTestStringConvertible {
  let start: String
  let count: Int
  let repeated: String
  let end: String
  let expected: String

  init(_ start: String, _ count: Int, _ repeated: String, _ end: String = "", gives: String = "") {
    self.start = start
    self.count = count
    self.repeated = repeated
    self.end = end
    expected = gives
  }

  var text: String { start + String(repeating: repeated, count: count) + end }
  var testDescription: String { "\(start) + \(count) times \(repeated)" }
}

extension LanguageTests {
  static let deep: [RepeatedText] = [
    .init("", 10_000, "("), .init("", 10_000, "["), .init("", 10_000, "(", ")"),
    .init("", 10_000, "([", "])"), .init("", 10_000, "f("), .init("", 10_000, "x["),
    .init("", 10_000, "(a: "), .init("", 10_000, "x => "), .init("", 10_000, "x => {"),
    .init("", 10_000, "-", "1"), .init("", 10_000, "not ", "true"), .init("2", 10_000, "^2"),
    .init("1", 10_000, " + 1"), .init("x", 10_000, "[0]"), .init("x", 10_000, ".a"),
    .init("f", 10_000, "()"), .init("x", 10_000, " |> f"), .init("", 10_000, "if true { "),
    .init("", 10_000, "fn f() { "), .init("", 10_000, "for i in 1..2 { "),
    .init("", 10_000, "while true { "), .init("", 10_000, "try { "),
    .init("", 10_000, "with f() { "),
  ]

  @Test("ten thousand levels are one error, never a crash", arguments: deep)
  func deep(_ input: RepeatedText) {
    guard case .rejected(let diagnostics) = Session().evaluate(input.text) else {
      Issue.record("it was not rejected")
      return
    }
    #expect(diagnostics.map(\.code) == [.tooDeep])
  }

  static let long: [RepeatedText] = [
    .init("1", 500, " + 1", gives: "501"), .init("len(\"a\"", 400, " + \"b\"", ")", gives: "401"),
    .init("-1", 200, " |> abs", gives: "1"),
    .init("let r = (:)\nr.a = 1\nr.r = r\nr", 500, ".r", ".a", gives: "1"),
    .init("len([", 20_000, "1, ", "])", gives: "20000"),
    .init("if false { 1 }", 3_000, " else if false { 2 }", " else { 3 }", gives: "3"),
    .init("let x = 0\n", 20_000, "x = x + 1\n", "x", gives: "20000"),
  ]

  @Test("what is long, but not deep, runs", arguments: long)
  func long(_ input: RepeatedText) {
    let session = Session()
    defer { _ = session.evaluate("r.r = nil") }
    guard case .value(let shown) = session.evaluate(input.text) else {
      Issue.record("it did not run")
      return
    }
    #expect(shown == input.expected)
  }
}
