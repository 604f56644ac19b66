import Syntax
import Testing

@Suite("Expressions")
struct ParserExpressionsTests {
  @Test(
    "operators bind as the grammar says",
    arguments: [
      ("1 + 2 * 3", "(+ 1.0 (* 2.0 3.0))"),
      ("1 - 2 - 3", "(- (- 1.0 2.0) 3.0)"),
      ("2 ^ 3 ^ 4", "(^ 2.0 (^ 3.0 4.0))"),
      ("-2 ^ 2", "(- (^ 2.0 2.0))"),
      ("2 ^ -1", "(^ 2.0 (- 1.0))"),
      ("- - a", "(- (- a))"),
      ("-a * b", "(* (- a) b)"),
      ("a @ b / c", "(/ (@ a b) c)"),
      ("a div b mod c", "(mod (div a b) c)"),
      ("not a == b", "(not (== a b))"),
      ("not not a", "(not (not a))"),
      ("not a and b or c", "(or (and (not a) b) c)"),
      ("a or b and c", "(or a (and b c))"),
      ("a + 1 in 1..n - 1", "(in (+ a 1.0) (.. 1.0 (- n 1.0)))"),
      ("0..<10 by 2 + 1", "(..< by 0.0 10.0 (+ 2.0 1.0))"),
      ("(a + b) * c", "(* (+ a b) c)"),
      ("a.b[0](c).d ^ 2", "(^ (.d (call (index (.b a) 0.0) c)) 2.0)"),
    ])
  func precedence(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "pipes put their value in front of the arguments",
    arguments: [
      ("x |> f", "(call f (|> x))"),
      ("x |> f(a: 1)", "(call f (|> x) (a: 1.0))"),
      ("x |> m.f(2) |> g", "(call g (|> (call (.f m) (|> x) 2.0)))"),
      ("a + b |> f", "(call f (|> (+ a b)))"),
      ("|> f(1)", "(call f (|> it) 1.0)"),
      ("x => x |> f", "(=> parameter x (block (call f (|> x))))"),
    ])
  func pipes(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "functions, calls and records",
    arguments: [
      ("() => 1", "(=> (block 1.0))"),
      ("(a, b = 2) => { a; b }", "(=> {} parameter a (parameter b 2.0) (block a b))"),
      ("f(x => x, k: 512, ..cfg,)", "(call f (=> parameter x (block x)) (k: 512.0) (.. cfg))"),
      ("(:)", "record"),
      ("(a: 1, ..r, b: x => 2)", "(record (a: 1.0) (.. r) (b: (=> parameter x (block 2.0))))"),
      ("((a: 1))", "(record (a: 1.0))"),
    ])
  func functions(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "lists, tensors and indices",
    arguments: [
      ("[]", "list"),
      ("[1, 2,]", "(list 1.0 2.0)"),
      ("[1, 2; 3, 4]", "(tensor (row 1.0 2.0) (row 3.0 4.0))"),
      ("[[1], [2]]", "(list (list 1.0) (list 2.0))"),
      ("x[:, ..., -1]", "(index x : ... (- 1.0))"),
      ("x[1..3]", "(index x (slice .. 1.0 3.0))"),
      ("x[..<n]", "(index x (slice ..< open n))"),
      ("x[a + 1.., ..]", "(index x (slice .. (+ a 1.0) open) (slice .. open open))"),
      ("x[(1..3)]", "(index x (.. 1.0 3.0))"),
      ("x[0..9 by 3]", "(index x (.. by 0.0 9.0 3.0))"),
      ("x[y[1..], 2]", "(index x (index y (slice .. 1.0 open)) 2.0)"),
    ])
  func lists(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test(
    "if and with are expressions",
    arguments: [
      ("if a { 1 }", "(if a (block 1.0))"),
      (
        "if a { 1 } else if b { 2 } else { 3 }",
        "(if a (block 1.0) b (block 2.0) (block 3.0))"
      ),
      ("1 + if a { 1 } else { 2 }", "(+ 1.0 (if a (block 1.0) (block 2.0)))"),
      ("with seed(7) { f() }", "(with (call seed 7.0) (block (call f)))"),
      ("with m.scope { 1 }", "(with (.scope m) (block 1.0))"),
    ])
  func conditionals(text: String, tree: String) {
    #expect(expression(text) == tree)
  }

  @Test("nodes carry the ranges of their text")
  func ranges() throws {
    let file = SourceFile(name: "t", text: "let y = (a + b) * f(x: 1)[0]  # note")
    let statement = try #require(parse(file).program.statements.first)
    #expect(file.text(of: statement.range) == "let y = (a + b) * f(x: 1)[0]")
    guard case .let(let pattern, let value) = statement.kind,
      case .binary(.multiply, let left, let right, let sign) = value.kind,
      case .index(let call, let items, let brackets) = right.kind,
      case .call(let parts) = call.kind
    else {
      Issue.record("another tree")
      return
    }
    let texts = [
      pattern.range, left.range, sign, right.range, call.range, items[0].range, brackets,
      parts.arguments[0].range,
    ].map(file.text)
    #expect(texts == ["y", "(a + b)", "*", "f(x: 1)[0]", "f(x: 1)", "0", "[0]", "x: 1"])
    #expect(left.isParenthesized && !right.isParenthesized)
  }

  @Test("a piped call says that its first argument came through the pipe")
  func pipedCall() throws {
    let program = parse(SourceFile(name: "t", text: "x |> f(1); f(x, 1)")).program
    let piped = program.statements.map { statement in
      if case .expression(let value) = statement.kind, case .call(let call) = value.kind {
        call.isPiped
      } else {
        false
      }
    }
    #expect(piped == [true, false])
  }
}
