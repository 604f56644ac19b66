// What the parser says of whole forms that other languages have: one cure each. Single signs and
// words are in `ForeignSign` and `ForeignWords`.

extension Diagnostic {
  private static func foreign(
    _ file: SourceFile, _ token: Token, _ message: String, _ hint: String
  ) -> Diagnostic {
    Diagnostic(
      code: .foreignSyntax, message: message, primary: Label(file, token.range), hint: hint)
  }

  static func foreignWord(
    _ file: SourceFile, _ token: Token, _ word: String, cure: String
  ) -> Diagnostic {
    let isFunction = cure.hasPrefix("`\(word)(")
    return foreign(
      file, token,
      isFunction
        ? "`\(word)` is a function: its values stand in parentheses"
        : "`\(word)` is not a word of ccv", cure)
  }

  // MARK: - Functions and calls

  static func anonymousFn(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(
      file, token, "a function without a name is written with `=>`",
      "`x => x * 2` or `(a, b) => { ... }`.")
  }

  static func thinArrow(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(file, token, "`->` is not part of ccv", "`=>`.")
  }

  static func functionBody(
    _ file: SourceFile, _ token: Token, _ sign: String, name: String
  ) -> Diagnostic {
    foreign(
      file, token, "the body of a `fn` stands in braces, without `\(sign)`",
      "`fn \(name)(...) { ... }`, or `let \(name) = (...) => ...`.")
  }

  static func returnType(_ file: SourceFile, _ token: Token, name: String) -> Diagnostic {
    foreign(
      file, token, "a `fn` names no type of its result", "`fn \(name)(...) { ... }`.")
  }

  static func parameterType(_ file: SourceFile, _ token: Token, name: String) -> Diagnostic {
    foreign(
      file, token, "a parameter has no type", "`\(name)` alone, or `\(name) = 1` with a default.")
  }

  static func variadicParameter(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(
      file, token, "a function takes a fixed number of arguments",
      "one parameter that is a list or a record.")
  }

  static func optionWithEquals(_ file: SourceFile, _ token: Token, name: String) -> Diagnostic {
    foreign(file, token, "an option is given with `:`", "`\(name): ...`.")
  }

  static func foreignSplat(_ file: SourceFile, _ token: Token, _ sign: String) -> Diagnostic {
    foreign(file, token, "`\(sign)` does not spread a value", "`..xs`.")
  }

  static func typeAnnotation(_ file: SourceFile, _ token: Token, name: String) -> Diagnostic {
    foreign(file, token, "a variable has no type", "`let \(name) = ...`.")
  }

  static func stringPrefix(_ file: SourceFile, _ token: Token, _ prefix: String) -> Diagnostic {
    foreign(
      file, token, "a string has no prefix `\(prefix)`",
      "`\"...\"`, where `{x}` interpolates, or `'...'`, where nothing is special.")
  }

  // MARK: - Collections

  static func tuple(_ file: SourceFile, _ comma: Token) -> Diagnostic {
    foreign(
      file, comma, "several values in parentheses are no value",
      "a list, `[a, b]`, or a record, `(x: a, y: b)`.")
  }

  static func bareTuple(_ file: SourceFile, _ comma: Token) -> Diagnostic {
    foreign(
      file, comma, "`,` stands only inside brackets",
      "`let (a, b) = [1, 2]` for several new names, a line each for old ones; a list is `[a, b]`."
    )
  }

  static func braceAsValue(_ file: SourceFile, _ brace: Token) -> Diagnostic {
    foreign(
      file, brace, "`{` starts a block, not a value",
      "`(name: value)` for a record, `[a, b]` for a list.")
  }

  static func strayBrace(_ file: SourceFile, _ brace: Token) -> Diagnostic {
    foreign(
      file, brace, "`{` starts a block, and no block belongs here",
      "`if`, `for`, `while`, `fn` or `with` before it; a record is `(name: value)`.")
  }

  static func quotedField(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(file, token, "the name of a field has no quotes", "`(name: value)`.")
  }

  static func strayColon(_ file: SourceFile, _ colon: Token) -> Diagnostic {
    foreign(
      file, colon, "`:` does not belong here",
      "`(name: value)` for a record, `a..b` for a range, `{ ... }` for a block.")
  }

  static func colonRange(_ file: SourceFile, _ colon: Token) -> Diagnostic {
    foreign(
      file, colon, "`:` does not make a range",
      "`1..10` with its end, `0..<10` without, `0..10 by 2` with a step.")
  }

  static func colonSlice(_ file: SourceFile, _ colon: Token) -> Diagnostic {
    foreign(
      file, colon, "`:` in an index means the whole axis",
      "`x[1..<3]`, `x[1..]` or `x[..<3]` for a part.")
  }

  static func comprehension(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(
      file, token, "a list is not built with `for`",
      "`map(xs, x => x * 2)`, and `filter(xs, x => x > 0)` for `if`.")
  }

  // MARK: - Control

  static func ternary(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(file, token, "`if` stands before both values", "`if condition { a } else { b }`.")
  }

  static func notIn(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(file, token, "`not in` is not an operator", "`not (x in xs)`.")
  }

  static func loopWithSemicolons(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(
      file, token, "`for` runs over a range or a list", "`for i in 0..<n { ... }`.")
  }

  static func loopInParentheses(_ file: SourceFile, _ token: Token, name: String) -> Diagnostic {
    foreign(
      file, token, "the head of a `for` has no parentheses", "`for \(name) in xs { ... }`.")
  }

  static func loopWithEquals(_ file: SourceFile, _ token: Token) -> Diagnostic {
    foreign(file, token, "`for` takes its values with `in`", "`for i in 1..10 { ... }`.")
  }
}
