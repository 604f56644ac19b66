// Texts with mistakes; what is said of each stands in `Goldens/<name>.txt`.

import Testing

/// A text with a mistake.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  /// Columns of the terminal.
  let width: Int
  var fileName: String { "demo.ccv" }
  var testDescription: String { name }

  init(_ name: String, _ text: String, width: Int = 80) {
    self.name = name
    self.text = text
    self.width = width
  }

  static let all: [GoldenCase] = python + others + slips + narrow

  /// Habits from Python.
  private static let python = [
    GoldenCase("python-def", "def f(x):\n  return x"),
    GoldenCase("python-elif", "if x { 1 } elif y { 2 }"),
    GoldenCase("python-colon-block", "if x == 3:\n  y"),
    GoldenCase("python-keyword-argument", "kmeans(x, k=512)"),
    GoldenCase("python-print", "print \"hello\""),
    GoldenCase("python-type", "let x: Int = 3"),
    GoldenCase("python-tuple-let", "let a, b = f(x)"),
    GoldenCase("python-tuple", "(1, 2)"),
    GoldenCase("python-tuple-assign", "a, b = 1, 2"),
    GoldenCase("python-augmented", "x += 1"),
    GoldenCase("python-power", "x ** 2"),
    GoldenCase("python-floor-division", "7 // 2"),
    GoldenCase("python-lambda", "map(xs, lambda x: x + 1)"),
    GoldenCase("python-comprehension", "[x * 2 for x in xs]"),
    GoldenCase("python-dict", "{\"a\": 1}"),
    GoldenCase("python-slice", "x[1:3]"),
    GoldenCase("python-step-slice", "x[::2]"),
    GoldenCase("python-f-string", "f\"loss {x}\""),
    GoldenCase("python-chain", "1 < x < 3"),
    GoldenCase("python-not-in", "x not in xs"),
    GoldenCase("python-is", "x is None"),
    GoldenCase("python-ternary", "a if c else b"),
    GoldenCase("python-star-args", "f(*args)"),
    GoldenCase("python-star-parameter", "fn f(*args) { 1 }"),
    GoldenCase("python-import", "import numpy"),
    GoldenCase("python-from", "from x import y"),
    GoldenCase("python-except", "try { 1 } except e { 2 }"),
    GoldenCase("python-debug-format", "\"{x=}\""),
    GoldenCase("python-double-brace", "\"{{x}}\""),
    GoldenCase("python-class", "class Net { }"),
    GoldenCase("python-return-type", "fn f(x) -> Int { x }"),
    GoldenCase("python-parameter-type", "fn f(x: Int) { x }"),
    GoldenCase("python-for-range", "for i in range(3):"),
  ]

  /// Habits from JavaScript, MATLAB, Julia, R and others.
  private static let others = [
    GoldenCase("javascript-and-or-not", "x && y || !z"),
    GoldenCase("javascript-increment", "x++"),
    GoldenCase("javascript-ternary", "a ? b : c"),
    GoldenCase("javascript-for", "for (let i = 0; i < 3; i++) { i }"),
    GoldenCase("javascript-arrow-record", "x => { a: 1 }"),
    GoldenCase("javascript-spread", "f(...args)"),
    GoldenCase("javascript-var", "var x = 3"),
    GoldenCase("javascript-function", "map(xs, function(x) { x + 1 })"),
    GoldenCase("javascript-strict-equal", "x === y"),
    GoldenCase("javascript-comment", "// a comment here"),
    GoldenCase("javascript-new", "new Foo(3)"),
    GoldenCase("javascript-quoted-field", "(\"a\": 1)"),
    GoldenCase("javascript-no-braces", "if (x) y"),
    GoldenCase("matlab-transpose", "x'"),
    GoldenCase("matlab-elementwise", "x.^2 + y.*3"),
    GoldenCase("matlab-for", "for i = 1:10 { i }"),
    GoldenCase("matlab-list", "[1 2 3]"),
    GoldenCase("matlab-comment", "% a comment"),
    GoldenCase("matlab-not-equal", "a ~= b"),
    GoldenCase("matlab-function-definition", "f(x) = x + 1"),
    GoldenCase("julia-range", "for i in 1:10 { i }"),
    GoldenCase("julia-arrow", "map(xs, x -> x + 1)"),
    GoldenCase("julia-implicit-product", "5x"),
    GoldenCase("julia-short-function", "fn f(x) = x + 1"),
    GoldenCase("r-assign", "x <- 3"),
    GoldenCase("r-remainder", "7 %% 2"),
    GoldenCase("r-percent-in", "x %in% xs"),
    GoldenCase("r-for", "for (x in xs) { x }"),
    GoldenCase("r-dollar", "x$y"),
    GoldenCase("remainder", "7 % 2"),
    GoldenCase("pascal-then", "if x then { y }"),
    GoldenCase("go-assign", "x := 3"),
  ]

  /// Slips of the finger, and texts from word processors.
  private static let slips = [
    GoldenCase("condition-assigns", "if x = 3 { 1 }"),
    GoldenCase("else-on-next-line", "if a {\n  1\n}\nelse {\n  2\n}"),
    GoldenCase("brace-on-next-line", "fn f(a)\n{\n  a\n}"),
    GoldenCase("else-alone", "else { 3 }"),
    GoldenCase("reserved-name", "let in = 3"),
    GoldenCase("anonymous-fn", "fn(x) { x }"),
    GoldenCase("number-point", ".5 + 1"),
    GoldenCase("number-hex", "0xFF"),
    GoldenCase("number-suffix", "512K"),
    GoldenCase("number-milliseconds", "100ms"),
    GoldenCase("number-underscore", "1__000"),
    GoldenCase("number-inexact", "9007199254740993"),
    GoldenCase("number-too-large", "1e999"),
    GoldenCase("quote-typographic", "show(x, title: “512 centroids”)"),
    GoldenCase("sign-typographic", "x − y ≤ 3"),
    GoldenCase("no-break-space", "let\u{A0}x = 3"),
    GoldenCase("control-character", "a\0b"),
    GoldenCase("emoji", "let 😀 = 3"),
    GoldenCase("unclosed-parenthesis", "f(1,\nlet x = 2"),
    GoldenCase("wrong-closer", "f(1]"),
    GoldenCase("stray-closer", "x)"),
    GoldenCase("unclosed-brace", "fn f() {\n  g(1)\n"),
    GoldenCase("missing-comma", "f(a b)"),
    GoldenCase("pipe-to-function", "x |> (y => y)"),
    GoldenCase("pipe-then-operator", "x |> f(1) + 2"),
    GoldenCase("pipe-from-nothing", "a; |> f"),
    GoldenCase("try-without-catch", "try { 1 }; 2"),
    GoldenCase("catch-without-name", "try { 1 } catch { 2 }"),
    GoldenCase("unclosed-string", "let a = \"abc\nlet b = 2"),
    GoldenCase("unclosed-string-in-call", "print(\"abc\nprint(1)"),
    GoldenCase("unclosed-interpolation-in-call", "print(\"{\")"),
    GoldenCase("escaped-quotes-in-braces", #"let s = "a{join([\"b\"])}c""#),
    GoldenCase("unclosed-multiline", "let a = \"\"\"\nabc\n"),
    GoldenCase("unclosed-interpolation", "\"loss {x\""),
    GoldenCase("empty-interpolation", "\"loss {}\""),
    GoldenCase("empty-format", "\"{x:}\""),
    GoldenCase("unknown-escape", "\"a\\qb \\u{110000}\""),
    GoldenCase("not-binds-loosely", "a == not b"),
    GoldenCase("unary-plus", "+x"),
    GoldenCase("empty-parentheses", "()"),
    GoldenCase("empty-index", "x[]"),
    GoldenCase("repeated-field", "(a: 1, b: 2, a: 3)"),
    GoldenCase("field-without-value", "(a: 1, b)"),
    GoldenCase("assignment-in-parentheses", "(a = 1)"),
    GoldenCase("assignment-as-value", "x = y = 3"),
    GoldenCase("compare-in-let", "let x == 3"),
    GoldenCase("chained-range", "0..10..2"),
    GoldenCase("numbered-field", "x.3"),
    GoldenCase("two-calls", "f x"),
    GoldenCase("two-values", "x = \"a\" \"b\""),
    GoldenCase("missing-value", "let x = * 2"),
    GoldenCase("statement-as-value", "let y = for i in xs { i }"),
    GoldenCase("return-in-arrow", "x => return 3"),
    GoldenCase("open-range", "x[1 + f(2..)]"),
    GoldenCase(
      "too-deep", String(repeating: "(", count: 120) + "1" + String(repeating: ")", count: 120)),
    GoldenCase(
      "several-mistakes",
      "let images = load(\"cifar10\", split=\"train\")\nfor r in [25% 50%] {\n  let m = block_mask(ratio: r\n  show(m)\n}\nlet 3 = x"
    ),
    GoldenCase("wide-characters", "let 変数 = \"日本語\" + \tf(1 2)"),
    GoldenCase("tabs", "\t\tlet x =\t1 2"),
  ]

  /// What the smallest windows make of a message: prose is wrapped, carets stay below their words.
  private static let narrow = [
    GoldenCase(
      "narrow-long-line",
      "let tokens = kmeans(patchify(images, size: 4), k=512) |> encode(images) |> reshape([8, 64])",
      width: 40),
    GoldenCase("narrow-note", "let x = 1\nif x\n{ 2 }", width: 40),
    GoldenCase("narrow-label-below", "let wavelength_of_light = [1, 2 3]", width: 40),
    GoldenCase("narrow-wide-characters", "let 名前 = \"日本語の長い文字列です\" ** 2", width: 40),
  ]
}
