// Operators that people bring from Python, MATLAB, Julia, R and JavaScript, and what ccv writes.

/// A sign of another language.
struct ForeignSign: Sendable {
  var spelling: String
  /// How the parser should go on reading; nil to leave the sign out.
  var meaning: Token.Kind?
  /// What to write instead: a phrase that ends with a full stop.
  var cure: String
  var isCommentStart = false

  private init(_ spelling: String, _ meaning: Token.Kind?, _ cure: String, comment: Bool = false) {
    self.spelling = spelling
    self.meaning = meaning
    self.cure = cure
    self.isCommentStart = comment
  }

  /// Longest spelling first, so that the first match is the right one.
  static let all: [ForeignSign] =
    [
      ForeignSign("%*%", .at, "`a @ b` is the matrix product."),
      ForeignSign("%in%", .in, "`x in xs`."),
      ForeignSign("%/%", .div, "`a div b` is the whole quotient."),
      ForeignSign("===", .equal, "`==`; it compares values and never converts them."),
      ForeignSign("!==", .notEqual, "`!=`; it compares values and never converts them."),
      ForeignSign("**=", .assign, "`x = x ^ 2`."),
      ForeignSign("//=", .assign, "`x = x div 2`."),
      ForeignSign("&&", .and, "`a and b`."),
      ForeignSign("||", .or, "`a or b`."),
      ForeignSign("**", .caret, "`a ^ b`."),
      ForeignSign(
        "//", .div, "`a div b` for the whole quotient; a comment starts with `#`.", comment: true),
      ForeignSign("/*", nil, "a comment starts with `#` on each line.", comment: true),
      ForeignSign("+=", .assign, "`x = x + 1`."),
      ForeignSign("-=", .assign, "`x = x - 1`."),
      ForeignSign("*=", .assign, "`x = x * 2`."),
      ForeignSign("/=", .assign, "`x = x / 2`."),
      ForeignSign("^=", .assign, "`x = x ^ 2`."),
      ForeignSign("%=", .assign, "`x = x mod 2`."),
      ForeignSign("@=", .assign, "`x = x @ w`."),
      ForeignSign("++", nil, "`x = x + 1`."),
      ForeignSign("--", nil, "`x = x - 1`."),
      ForeignSign("<>", .notEqual, "`a != b`."),
      ForeignSign("~=", .notEqual, "`a != b`."),
      ForeignSign("=<", .lessOrEqual, "`a <= b`."),
      ForeignSign(":=", .assign, "`let x = 1` creates, `x = 2` changes."),
      ForeignSign("<-", .assign, "`let x = 1` creates, `x = 2` changes."),
      ForeignSign("::", .colon, "leave the type out; values know their types."),
      ForeignSign(".*", .star, "`a * b`; `*` is element by element, `@` the matrix product."),
      ForeignSign("./", .slash, "`a / b`; `/` is element by element."),
      ForeignSign(".^", .caret, "`a ^ b`; `^` is element by element."),
      ForeignSign("%%", .mod, "`a mod b`."),
      ForeignSign("??", .or, "`if x == nil { y } else { x }`."),
      ForeignSign("?.", .dot, "`x.name`, after a test such as `if x != nil { ... }`."),
      ForeignSign("%", .mod, "`a mod b` for the remainder; a percentage has no space: `75%`."),
      ForeignSign("&", .and, "`a and b`; for masks `intersect(a, b)`."),
      ForeignSign("|", .or, "`a or b`; a pipe is `|>`; for masks `union(a, b)`."),
      ForeignSign("~", .not, "`not a`; for masks `complement(a)`."),
      ForeignSign("?", nil, "`if condition { a } else { b }`; help is `?name` at the prompt."),
      ForeignSign("$", .dot, "`x.name` reads a field, `{name}` fills a string."),
      ForeignSign(
        "\\", nil, "go on after an operator, a comma or inside `( )`; no sign is needed."),
      ForeignSign("`", nil, "strings stand in `\"...\"`; `{expr}` fills them in."),
    ] + [ForeignSign("!", .not, "`not a`.")]

  static let byFirstByte = Dictionary(grouping: all) { $0.spelling.utf8.first ?? 0 }

  /// Characters that word processors, web pages and other editors put in place of plain signs.
  static let typographic: [Unicode.Scalar: ForeignSign] = [
    "\u{2212}": ForeignSign("\u{2212}", .minus, "`-`."),
    "\u{2013}": ForeignSign("\u{2013}", .minus, "`-`."),
    "\u{2014}": ForeignSign("\u{2014}", .minus, "`-`."),
    "\u{D7}": ForeignSign("\u{D7}", .star, "`*`."),
    "\u{B7}": ForeignSign("\u{B7}", .star, "`*`."),
    "\u{F7}": ForeignSign("\u{F7}", .slash, "`/`."),
    "\u{2264}": ForeignSign("\u{2264}", .lessOrEqual, "`<=`."),
    "\u{2265}": ForeignSign("\u{2265}", .greaterOrEqual, "`>=`."),
    "\u{2260}": ForeignSign("\u{2260}", .notEqual, "`!=`."),
    "\u{2192}": ForeignSign("\u{2192}", .fatArrow, "`=>`."),
    "\u{21D2}": ForeignSign("\u{21D2}", .fatArrow, "`=>`."),
    "\u{2208}": ForeignSign("\u{2208}", .in, "`in`."),
    "\u{2227}": ForeignSign("\u{2227}", .and, "`and`."),
    "\u{2228}": ForeignSign("\u{2228}", .or, "`or`."),
    "\u{AC}": ForeignSign("\u{AC}", .not, "`not`."),
    "\u{2026}": ForeignSign("\u{2026}", .ellipsis, "`...`."),
  ]
}
