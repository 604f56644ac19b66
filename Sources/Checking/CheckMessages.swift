import Syntax

// What the checker says. Errors are calls that fail whenever they are reached.

extension Diagnostic {
  private static func warning(
    _ code: ErrorCode, _ message: String, _ primary: Label, _ secondary: [Label] = [],
    hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      severity: .warning, code: code, message: message, primary: primary, secondary: secondary,
      hint: hint)
  }

  static func unused(_ file: SourceFile, _ name: Name) -> Diagnostic {
    warning(
      .unusedName, "`\(name.text)` is never used", Label(file, name.range),
      hint: "leave it out, or call it `_\(name.text)` if that is meant.")
  }

  static func shadowing(_ file: SourceFile, _ name: Name, outer: Name) -> Diagnostic {
    warning(
      .shadowedName, "this `\(name.text)` is another one than the `\(name.text)` around the block",
      Label(file, name.range, "it ends with the block"),
      [Label(file, outer.range, "this one keeps its value")],
      hint: "`\(name.text) = ...` changes the outer one; another name keeps both.")
  }

  static func hidesFunction(
    _ file: SourceFile, _ name: String, _ range: SourceRange, _ variable: Name
  ) -> Diagnostic {
    warning(
      .hiddenFunction, "`\(name)` is a variable here, and hides the function of that name",
      Label(file, range), [Label(file, variable.range, "it is made here")],
      hint: "another name for the variable.")
  }

  static func unreachable(
    _ file: SourceFile, _ statement: Stmt, after word: String, _ range: SourceRange
  ) -> Diagnostic {
    warning(
      .unreachable, "what stands after `\(word)` never runs",
      Label(file, statement.range.firstLine(in: file)),
      [Label(file, range, "this leaves the block")], hint: "leave it out, or move it up.")
  }

  static func idleValue(
    _ file: SourceFile, _ value: Expr, isComparison: Bool, at range: SourceRange
  ) -> Diagnostic {
    warning(
      .idleValue,
      isComparison
        ? "this compares, and nothing is done with the answer"
        : "this value is not used for anything",
      Label(file, isComparison ? range : value.range.firstLine(in: file)),
      hint: isComparison
        ? "`=` to change the variable, or `assert(a == b)`."
        : "`let x = ...` to keep it, `print(...)` to see it, or leave it out.")
  }

  static func dollar(_ file: SourceFile, _ range: SourceRange, _ name: String) -> Diagnostic {
    warning(
      .dollarName, "`$\(name)` stays as it is in a string", Label(file, range.firstLine(in: file)),
      hint: "`{\(name)}` fills the value in.")
  }

  // MARK: - Calls

  static func tooMany(
    _ file: SourceFile, _ name: String, _ signature: FunctionSignature, _ range: SourceRange,
    isPiped: Bool
  ) -> Diagnostic {
    let wanted = signature.positional.count
    let options = signature.parameters.filter(\.isOption).map(\.name)
    return Diagnostic(
      code: .callArguments,
      message: "\(name) takes \(wanted) \(wanted == 1 ? "value" : "values") by position"
        + (isPiped ? ", and the piped one counts" : ""),
      primary: Label(file, range, "one too many"),
      notes: options.isEmpty
        ? [] : ["Options are given by name: \(options.joined(separator: ", "))."],
      hint: "`?\(name)` says what it takes.")
  }

  static func givenTwice(_ file: SourceFile, _ name: String, _ option: Name) -> Diagnostic {
    Diagnostic(
      code: .callOption, message: "\(name): `\(option.text)` is given twice",
      primary: Label(file, option.range), hint: "leave one out; values by position count.")
  }

  static func missing(
    _ file: SourceFile, _ name: String, _ parameter: FunctionSignature.Parameter,
    _ range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      code: .callArguments,
      message: "\(name) needs \(parameter.isOption ? "the option " : "")`\(parameter.name)`",
      primary: Label(file, range.firstLine(in: file)),
      hint: parameter.isOption ? "`\(parameter.name): ...`." : "`?\(name)` says what it takes.")
  }

  static func unknownOption(
    _ file: SourceFile, _ option: Name, of name: String, known: [String]
  ) -> Diagnostic {
    let near =
      Suggestion.nearest(to: option.text, among: known).first
      ?? ForeignNames.option(option.text, among: known)
    return Diagnostic(
      code: .callOption, message: "\(name) has no option `\(option.text)`",
      primary: Label(
        file, option.range,
        known.isEmpty ? "it takes none" : "it takes " + known.joined(separator: ", ")),
      hint: near.map { "`\($0): ...`." } ?? "`?\(name)` says what each is for.",
      cure: near.map(Cure.rewrite))
  }

  static func unknownWord(
    _ file: SourceFile, _ range: SourceRange, _ word: String,
    _ parameter: FunctionSignature.Parameter, of name: String
  ) -> Diagnostic {
    let near = Suggestion.nearest(to: word, among: parameter.words).first
    let list = parameter.words.map { "\"\($0)\"" }
    return Diagnostic(
      code: .argumentValue,
      message: "\(name): `\(parameter.name)` is \"\(word)\", wanted "
        + list.dropLast().joined(separator: ", ") + (list.count > 1 ? " or " : "")
        + (list.last ?? ""),
      primary: Label(file, range), hint: near.map { "`\"\($0)\"`." },
      cure: near.map { .rewrite("\"\($0)\"") })
  }
}

extension SourceRange {
  /// The part on its first line, which an excerpt underlines.
  fileprivate func firstLine(in file: SourceFile) -> SourceRange {
    SourceRange(start: start, end: max(start, min(end, file.lineRange(file.line(at: start)).end)))
  }
}
