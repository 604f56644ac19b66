/// What the parser says: E020 to E039.
enum ParserMessages {
  static func expected(_ file: SourceFile, _ wanted: String, at token: Token) -> Diagnostic {
    Diagnostic(
      "E020", "expected \(wanted), found \(describe(token, file))",
      labels: [.init(file, token.range)])
  }

  static func unclosed(
    _ file: SourceFile, _ open: SourceRange, bracket: String, close: String, at token: Token
  ) -> Diagnostic {
    Diagnostic(
      "E022", "this \(bracket) has no \(close)",
      labels: [
        .init(file, open, "opened here"),
        .init(file, token.range, "\(close) was expected before \(describe(token, file))"),
      ], hint: "add \(close)")
  }

  static func strayClose(_ file: SourceFile, _ range: SourceRange, _ text: String) -> Diagnostic {
    Diagnostic(
      "E023", "this \(text) closes nothing", labels: [.init(file, range)],
      hint: "remove it, or look for the bracket that should open it")
  }

  static func assignmentInExpression(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E024", "= changes a variable; a comparison is ==", labels: [.init(file, range)],
      hint: "a == b")
  }

  static func badPlace(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E025", "only a name, a field or a subscript can be assigned to",
      labels: [.init(file, range, "this is a computed value")],
      hint: "x = ..., r.field = ... or x[0] = ...; compare with ==")
  }

  static func letEqual(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E026", "`let` takes one =, and == compares", labels: [.init(file, range)],
      hint: "let x = 1")
  }

  static func letWithoutValue(_ file: SourceFile, _ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      "E027", "`let \(name.text)` needs a first value", labels: [.init(file, name.range)],
      hint: "let \(name.text) = nil")
  }

  static func keywordAsName(_ file: SourceFile, _ range: SourceRange, _ word: String) -> Diagnostic {
    Diagnostic(
      "E028", "`\(word)` is a word of the language and cannot be a name",
      labels: [.init(file, range)], hint: "\(word)_ or another name")
  }

  static func colonBlock(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E029", "a block stands in braces, not after a colon", labels: [.init(file, range)],
      hint: "{ ... }")
  }

  static func elseOnNewLine(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E030", "`else` stands on the line of the } before it", labels: [.init(file, range)],
      notes: ["At the prompt the `if` would already have run when the next line is typed."],
      hint: "} else {")
  }

  static func chainedComparison(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E031", "comparisons do not chain", labels: [.init(file, range)],
      hint: "a < b and b < c, or b in a..c")
  }

  static func positionalAfterNamed(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E032", "data by position comes before options by name", labels: [.init(file, range)],
      hint: "f(data, option: 1)")
  }

  static func optionEquals(_ file: SourceFile, _ name: NameSyntax, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E033", "an option is given with a colon", labels: [.init(file, range)],
      hint: "\(name.text): ...")
  }

  static func tooDeep(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E034", "this is nested deeper than \(Parser.depthMax) levels", labels: [.init(file, range)],
      hint: "give inner parts names with let")
  }

  static func spaceSeparated(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E035", "elements are separated by commas", labels: [.init(file, range)],
      notes: ["[1, 2, 3] is a list; [1, 2; 3, 4] is a tensor of two rows."], hint: "[1, 2, 3]")
  }

  static func pipeNeedsCall(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E036", "|> needs the name of a function on its right", labels: [.init(file, range)],
      notes: ["x |> f(a: 1) is f(x, a: 1)."], hint: "x |> f")
  }

  static func emptyIndex(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E037", "a subscript needs at least one index", labels: [.init(file, range)],
      hint: "x[0], x[1..3], or x[:, 0] for a whole axis")
  }

  static func missingCatch(_ file: SourceFile, _ range: SourceRange, at token: Token) -> Diagnostic {
    Diagnostic(
      "E038", "`try` needs a `catch`",
      labels: [.init(file, token.range), .init(file, range, "the try")],
      hint: "try { ... } catch e { ... }")
  }

  static func duplicateParameter(_ file: SourceFile, _ name: NameSyntax) -> Diagnostic {
    Diagnostic(
      "E039", "there are two parameters named `\(name.text)`", labels: [.init(file, name.range)],
      hint: "another name")
  }

  static func describe(_ token: Token, _ file: SourceFile) -> String {
    switch token.kind {
    case .end: "the end of the text"
    case .newline: "the end of the line"
    case .documentation: "a ## comment"
    default: "`\(file.text(token.range))`"
    }
  }
}
