// Everything that the parser says. A message stands alone and says what was seen and what was
// wanted; the hint is one thing to try, in ccv's words.

/// What a name would have been, where something else stands.
enum NameRole {
  case variable(after: String)
  case function
  case called
  case field
  case option
  case parameter

  var allowsWords: Bool {
    switch self {
    case .field, .option: true
    case .variable, .function, .called, .parameter: false
    }
  }

  var words: String {
    switch self {
    case .variable(let place): "a name after `\(place)`"
    case .function: "the function's name after `fn`"
    case .called: "the name of a function"
    case .field: "the name of a field"
    case .option: "the name of an option"
    case .parameter: "the name of a parameter"
    }
  }
}

extension Diagnostic {
  // MARK: - Something else was expected

  static func expected(
    _ file: SourceFile, _ token: Token, _ found: String, _ wanted: String, opener: Token? = nil
  ) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "expected \(wanted), found \(found)",
      primary: Label(file, token.range),
      secondary: opener.map { [Label(file, $0.range, "opened here")] } ?? [])
  }

  static func expectedName(
    _ file: SourceFile, _ token: Token, _ found: String, _ role: NameRole
  ) -> Diagnostic {
    expected(file, token, found, role.words)
  }

  static func reservedWord(_ file: SourceFile, _ token: Token, _ role: NameRole) -> Diagnostic {
    let word = token.kind.rawValue
    return Diagnostic(
      code: .reservedWord, message: "`\(word)` is a word of the language and cannot be a name",
      primary: Label(file, token.range, "expected \(role.words)"), hint: "`\(word)_`, say.")
  }

  static func expectedParameters(
    _ file: SourceFile, _ token: Token, _ found: String, name: String
  ) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken,
      message: "expected the parameters of `\(name)` in parentheses, found \(found)",
      primary: Label(file, token.range, "`(` belongs here"), hint: "`fn \(name)() { ... }`.")
  }

  static func emptyPattern(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`()` names nothing", primary: Label(file, range),
      hint: "`(a, b)`.")
  }

  static func unparenthesizedPattern(
    _ file: SourceFile, _ comma: Token, word: String
  ) -> Diagnostic {
    Diagnostic(
      code: .foreignSyntax, message: "several names stand in parentheses",
      primary: Label(file, comma.range), hint: "`\(word) (a, b) \(word == "let" ? "=" : "in") ...`."
    )
  }

  static func repeatedName(_ file: SourceFile, _ name: Name, first: Name) -> Diagnostic {
    Diagnostic(
      code: .repeatedName, message: "`\(name.text)` is given twice",
      primary: Label(file, name.range, "again here"),
      secondary: [Label(file, first.range, "first here")], hint: "leave one of them out.")
  }

  // MARK: - Brackets

  static func unclosedBracket(
    _ file: SourceFile, _ opener: Token, after last: Token
  ) -> Diagnostic {
    let open = opener.kind == .interpolationStart ? "{" : opener.kind.rawValue
    let close = [Token.Kind.leftParenthesis: ")", .leftBracket: "]"][opener.kind] ?? "}"
    return Diagnostic(
      code: .unclosedBracket, message: "`\(open)` is not closed",
      primary: Label(file, opener.range, "opened here"),
      secondary: [Label(file, last.range.endPoint, "`\(close)` is missing here")],
      hint: "close it with `\(close)`.")
  }

  static func strayCloser(_ file: SourceFile, _ token: Token, _ closer: String) -> Diagnostic {
    let opener = [")": "(", "]": "["][closer] ?? "{"
    return Diagnostic(
      code: .strayCloser, message: "`\(closer)` closes nothing",
      primary: Label(file, token.range, "no `\(opener)` is open here"),
      hint: "delete it, or open `\(opener)` before it.")
  }

  static func missingComma(
    _ file: SourceFile, after before: Token, isList: Bool
  ) -> Diagnostic {
    Diagnostic(
      code: .missingComma, message: "a comma is missing",
      primary: Label(file, before.range.endPoint, "`,` belongs here"),
      hint: isList ? "`[1, 2]`; rows are separated by `;`: `[1, 2; 3, 4]`." : "`f(a, b)`.")
  }

  static func emptyParentheses(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`()` holds no value", primary: Label(file, range),
      hint: "`nil` for no value, `(:)` for a record without fields, `[]` for an empty list.")
  }

  static func emptyIndex(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`[]` names no index", primary: Label(file, range),
      hint: "`x[0]` for the first element, `x[:]` for all.")
  }

  static func emptyRow(_ file: SourceFile, _ semicolon: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "a row is missing after `;`",
      primary: Label(file, semicolon.range), hint: "`[1, 2; 3, 4]`.")
  }

  static func tooDeep(_ file: SourceFile, _ range: SourceRange, limit: Int) -> Diagnostic {
    Diagnostic(
      code: .tooDeep, message: "the program is nested too deeply",
      primary: Label(file, range, "more than \(limit) levels, or one very long expression"),
      hint: "name parts of it with `let`.")
  }

  // MARK: - Blocks

  static func missingBlock(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .missingBlock, message: "expected a block in braces",
      primary: Label(file, token.range, "`{` belongs here"), hint: "`{ ... }`.")
  }

  static func missingBody(
    _ file: SourceFile, _ token: Token, _ found: String, owner: Token, ownerText: String
  ) -> Diagnostic {
    Diagnostic(
      code: .missingBlock, message: "expected `{` and the block of `\(ownerText)`, found \(found)",
      primary: Label(file, token.range, "`{` belongs here"),
      secondary: [Label(file, owner.range, "for this")],
      hint: ownerText == "with" && found == "`as`"
        ? "`with seed(7) { ... }` names nothing; `let x = option(\"name\", 1)` before it does."
        : "`\(ownerText) ... { ... }`.")
  }

  static func braceOnNextLine(
    _ file: SourceFile, _ brace: Token, owner: Token, ownerText: String
  ) -> Diagnostic {
    Diagnostic(
      code: .missingBlock, message: "`{` stands on the same line as its `\(ownerText)`",
      primary: Label(file, brace.range, "move it up"),
      secondary: [Label(file, owner.range, "to this line")],
      notes: ["The end of a line ends a statement."], hint: "`\(ownerText) ... {`.")
  }

  static func colonBlock(_ file: SourceFile, _ colon: Token, owner: String) -> Diagnostic {
    Diagnostic(
      code: .foreignSyntax, message: "`:` does not start a block",
      primary: Label(file, colon.range), hint: "`\(owner) ... { ... }`, with braces.")
  }

  static func misplacedElse(
    _ file: SourceFile, _ token: Token, isAfterBlock: Bool
  ) -> Diagnostic {
    Diagnostic(
      code: .misplacedElse,
      message: isAfterBlock
        ? "`else` stands on the same line as the `}` before it" : "`else` follows no `if`",
      primary: Label(file, token.range),
      notes: isAfterBlock ? ["The end of a line ends a statement."] : [], hint: "`} else {`.")
  }

  static func tryWithoutCatch(
    _ file: SourceFile, _ start: Token, at token: Token, found word: String?
  ) -> Diagnostic {
    Diagnostic(
      code: .tryWithoutCatch, message: "`try` has no `catch`",
      primary: Label(file, start.range),
      secondary: [Label(file, token.range, "`catch` belongs here")],
      hint: word.flatMap(ForeignWords.cure) ?? "`try { ... } catch e { print(e.message) }`.")
  }

  static func catchWithoutName(_ file: SourceFile, _ brace: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`catch` names the error that it catches",
      primary: Label(file, brace.range, "a name belongs before this"), hint: "`catch e { ... }`.")
  }

  // MARK: - Statements

  static func missingSeparator(
    _ file: SourceFile, _ token: Token, _ found: String
  ) -> Diagnostic {
    Diagnostic(
      code: .missingSeparator, message: "expected the end of the statement, found \(found)",
      primary: Label(file, token.range, "this does not continue what stands before"),
      hint: "a new line or `;` between two statements, or an operator between two values.")
  }

  static func tripleQuotes(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .missingSeparator, message: "three single quotes are no string",
      primary: Label(file, token.range),
      hint: "`\"\"\"` for a string of several lines; documentation stands in `##` lines above a `fn`.")
  }

  static func callWithoutParentheses(
    _ file: SourceFile, _ name: Token, _ token: Token, name text: String
  ) -> Diagnostic {
    Diagnostic(
      code: .missingSeparator, message: "a call has parentheses",
      primary: Label(file, token.range, "`(` belongs before this"),
      hint: "`\(text)(...)`.")
  }

  static func missingOperator(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .missingSeparator, message: "an operator is missing between a number and a name",
      primary: Label(file, token.range), hint: "`*` for a product.")
  }

  static func notAssignable(
    _ file: SourceFile, _ target: Expr, at sign: SourceRange
  ) -> Diagnostic {
    var hint = "a variable, a field `r.count` or an element `x[0]` on the left, or `==` to compare."
    var message = "only a variable, a field or an element can be assigned"
    if case .call(let call) = target.kind, case .name(let name) = call.callee.kind, !call.isPiped {
      message = "a call cannot be assigned"
      hint = "`fn \(name)(...) { ... }` to define a function."
    } else if case .name(let name) = target.kind {
      hint = "`\(name) = ...`, without parentheses."
    } else if case .binary(let sign, _, _, _) = target.kind, sign == .equal {
      hint = "`==` compares, `=` assigns; a statement has one of them."
    }
    return Diagnostic(
      code: .notAssignable, message: message,
      primary: Label(file, target.range, "this is no place to put a value"),
      secondary: [Label(file, sign)], hint: hint)
  }

  static func assignmentInCondition(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .assignmentInCondition, message: "`=` assigns, and a condition compares",
      primary: Label(file, sign.range), hint: "`==`.")
  }

  static func assignmentAsValue(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "an assignment has no value",
      primary: Label(file, sign.range),
      hint: "one assignment to a line, or `==` to compare.")
  }

  static func assignmentInParentheses(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`=` has no meaning inside brackets",
      primary: Label(file, sign.range),
      hint: "`name: value` for a field or an option, `==` to compare.")
  }

  static func comparisonInLet(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`==` compares, and `let` needs `=`",
      primary: Label(file, sign.range), hint: "`let x = 1`.")
  }

  static func statementAsValue(_ file: SourceFile, _ token: Token, _ word: String) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`\(word)` starts a statement, which has no value",
      primary: Label(file, token.range, "a value belongs here"),
      hint: word == "for" ? "`map(xs, x => ...)` for a list of results." : nil)
  }

  static func statementAsBody(_ file: SourceFile, _ token: Token, _ word: String) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`\(word)` starts a statement, which has no value",
      primary: Label(file, token.range, "an expression or a block belongs here"),
      hint: "`x => { \(word) ... }`.")
  }

  static func importWithoutQuotes(
    _ file: SourceFile, _ token: Token, _ found: String, name: String?
  ) -> Diagnostic {
    Diagnostic(
      code: .importPath, message: "`import` needs a path in quotes, found \(found)",
      primary: Label(file, token.range),
      hint: name.flatMap { ForeignNames.cure(for: $0) }
        ?? "`import \"\(name ?? "masks").ccv\" as \(name ?? "masks")`.")
  }

  static func importPathNotPlain(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .importPath, message: "the path of an `import` is plain text, and not empty",
      primary: Label(file, range), hint: "`import \"masks.ccv\" as masks`.")
  }

  static func strayWord(
    _ file: SourceFile, _ token: Token, _ word: String, after place: String
  ) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`\(word)` stands only after \(place)",
      primary: Label(file, token.range))
  }

  // MARK: - Expressions

  static func chainedComparison(_ file: SourceFile, _ first: Token, _ second: Token) -> Diagnostic {
    let (a, b) = (first.kind.rawValue, second.kind.rawValue)
    return Diagnostic(
      code: .chainedComparison, message: "comparisons do not chain",
      primary: Label(file, second.range, "second comparison"),
      secondary: [Label(file, first.range, "first comparison")],
      hint: "`a \(a) b and b \(b) c`.")
  }

  static func chainedRange(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "a range has two ends", primary: Label(file, sign.range),
      hint: "`0..10 by 2` for a step.")
  }

  static func misplacedOpenRange(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "a range without an upper end stands alone in an index",
      primary: Label(file, range), hint: "`x[2..]`, or both ends.")
  }

  static func misplacedNot(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "`not` binds more loosely than the operator before it",
      primary: Label(file, token.range), hint: "parentheses: `a == (not b)`.")
  }

  static func unaryPlus(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .foreignSyntax, message: "`+` needs a value on its left",
      primary: Label(file, token.range), hint: "leave it out.")
  }

  static func pipeFromNothing(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .pipeTarget, message: "`|>` has nothing on its left",
      primary: Label(file, token.range),
      notes: ["Only the first line of an input or a cell may start with `|>`; it pipes `it`."],
      hint: "a value before it.")
  }

  static func pipeTarget(
    _ file: SourceFile, _ token: Token, _ found: String, isFunction: Bool
  ) -> Diagnostic {
    Diagnostic(
      code: .pipeTarget, message: "`|>` needs the name of a function on its right, found \(found)",
      primary: Label(file, token.range, "a call such as `f(a: 1)` belongs here"),
      hint: isFunction
        ? "name the function first: `let f = x => ...`, then `|> f`."
        : "`x |> f` or `x |> f(a: 1)`.")
  }

  static func numberedField(_ file: SourceFile, _ token: Token, _ digits: String) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "a field has a name, and `\(digits)` is a number",
      primary: Label(file, token.range), hint: "`x[\(digits)]` for an element.")
  }

  static func operatorAfterPipe(_ file: SourceFile, _ token: Token, _ found: String) -> Diagnostic {
    Diagnostic(
      code: .pipeTarget, message: "\(found) cannot follow the call of a pipe",
      primary: Label(file, token.range),
      notes: ["A pipe binds more loosely than every operator."],
      hint: "parentheses around the pipe: `(x |> f(1))`.")
  }

  static func arrowAfterExpression(_ file: SourceFile, _ token: Token) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "left of `=>` stand names",
      primary: Label(file, token.range), hint: "`x => x * 2` or `(a, b = 1) => a + b`.")
  }

  static func fieldWithoutValue(
    _ file: SourceFile, _ token: Token, _ found: String, name: String
  ) -> Diagnostic {
    Diagnostic(
      code: .unexpectedToken, message: "expected `:` after the field `\(name)`, found \(found)",
      primary: Label(file, token.range), hint: "`\(name): \(name)`.")
  }

  // MARK: - Strings

  static func emptyInterpolation(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unclosedInterpolation, message: "`{}` in a string holds no expression",
      primary: Label(file, range), hint: "`{x}`; braces as text are `\\{\\}`.")
  }

  static func doubledBrace(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .unclosedInterpolation, message: "`{{` does not stand for one brace",
      primary: Label(file, range), hint: "`\\{`.")
  }

  static func emptyFormat(_ file: SourceFile, _ colon: Token) -> Diagnostic {
    Diagnostic(
      code: .unclosedInterpolation, message: "a format is missing after `:`",
      primary: Label(file, colon.range), hint: "`{x:.3}` for three decimals, `{r:%}` for percent.")
  }

  static func debugFormat(_ file: SourceFile, _ sign: Token) -> Diagnostic {
    Diagnostic(
      code: .unclosedInterpolation, message: "`=` has no meaning in an interpolation",
      primary: Label(file, sign.range), hint: "`\"x = {x}\"`, or `==` to compare.")
  }
}
