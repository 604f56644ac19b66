import Syntax

/// What the compiler says: E060 to E099.
extension Diagnostic {
  /// The name is that of a function around it: `let f = n => f(n - 1)` in a block.
  static func ownName(_ file: SourceFile, _ name: Name) -> Diagnostic {
    Diagnostic(
      code: .unknownName, message: "`\(name.text)` has no name yet where it calls itself",
      primary: Label(file, name.range),
      notes: ["In a block, `let` makes its name after the value is known; `fn` makes it before."],
      hint: "`fn \(name.text)(...) { ... }`.")
  }

  static func nameBeforeItsValue(_ file: SourceFile, _ name: Name, later: Int) -> Diagnostic {
    Diagnostic(
      code: .unknownName, message: "`\(name.text)` is used before it has a value",
      primary: Label(file, name.range),
      secondary: [
        Label(
          file, SourceRange(start: later, end: later + name.text.utf8.count), "it is made here")
      ],
      hint: "move line \(file.line(at: later)) up, above its first use.")
  }

  /// A name that there was, in a block or a function that has ended.
  static func endedName(_ file: SourceFile, _ name: Name, made: LocalVariable) -> Diagnostic {
    let (text, note, hint): (String, String, String) =
      switch made.maker {
      case .binding:
        (
          "ended with the block that it was made in",
          "What `let` makes inside braces lives up to the closing brace.",
          "`let \(name.text) = nil` before the block, and `\(name.text) = ...` in it."
        )
      case .parameter:
        (
          "is a parameter of a function, which only that function knows",
          "A function's last expression is what its call gives to those outside.",
          "what the call gives, or what it was called with."
        )
      case .loop:
        (
          "is the variable of a loop, and ended with it",
          "Each turn of a loop has a variable of its own.",
          "`let last = nil` before the loop, and `last = \(name.text)` in it."
        )
      case .handler:
        (
          "is the error of a `catch`, and ended with its block",
          "The error lives up to the closing brace.",
          "`let failure = nil` before `try`, and `failure = \(name.text)` in the block."
        )
      }
    return Diagnostic(
      code: .unknownName, message: "`\(name.text)` \(text)", primary: Label(file, name.range),
      secondary: [Label(file, made.range, "it is made here")], notes: [note], hint: hint)
  }

  static func unknownName(_ file: SourceFile, _ name: Name, known: [String]) -> Diagnostic {
    if name.text == "it" {
      return Diagnostic(
        code: .unknownName, message: "there is no last result yet, which `it` stands for",
        primary: Label(file, name.range),
        hint: "a line with a value first; assignments and `print` give none.")
    }
    let near = Suggestion.nearest(to: name.text, among: known, limit: 1).first
    return Diagnostic(
      code: .unknownName, message: "there is nothing named `\(name.text)`",
      primary: Label(file, name.range),
      hint: ForeignNames.cure(for: name.text) ?? near.map { "`\($0)`." }
        ?? "`let \(name.text) = ...` first, or `help()` for what there is.",
      cure: ForeignNames.cure(for: name.text) == nil ? near.map(Cure.rewrite) : nil)
  }

  static func unknownVariable(_ file: SourceFile, _ name: Name, known: [String]) -> Diagnostic {
    let near = Suggestion.nearest(to: name.text, among: known, limit: 1).first
    return Diagnostic(
      code: .unknownVariable, message: "there is no variable `\(name.text)` to change",
      primary: Label(file, name.range),
      notes: ["`=` changes a variable that exists; `let` makes a new one."],
      hint: near.map { "`\($0) = ...`, or `let \(name.text) = ...` for a new one." }
        ?? "`let \(name.text) = ...`.", cure: near == nil ? .declare : nil)
  }

  static func constantName(_ file: SourceFile, _ name: Name) -> Diagnostic {
    Diagnostic(
      code: .constantName,
      message: "`\(name.text)` is a function of the library and cannot be changed",
      primary: Label(file, name.range),
      hint: "`let \(name.text) = ...` makes a variable of your own.", cure: .declare)
  }

  static func returnOutsideFunction(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      code: .returnOutsideFunction, message: "`return` outside a function",
      primary: Label(file, range),
      hint: "write the value itself: the last expression is the result.")
  }

  static func loopWordOutsideLoop(
    _ file: SourceFile, _ word: String, _ range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      code: .loopWordOutsideLoop, message: "`\(word)` outside a loop",
      primary: Label(file, range),
      hint: word == "break"
        ? "`break` ends the `for` or `while` around it; `return` leaves a function."
        : "`continue` goes on with the next turn of the `for` or `while` around it.")
  }

  static func functionTooLarge(
    _ file: SourceFile, _ what: String, limit: Int, _ range: SourceRange
  ) -> Diagnostic {
    Diagnostic(
      code: .functionTooLarge, message: "more than \(limit) \(what) in one function",
      primary: Label(file, range), hint: "split it into smaller functions.")
  }

  static func percentSubtraction(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      severity: .warning, code: .percentSubtraction,
      message: "a percentage is a plain number: 20% is 0.2", primary: Label(file, range),
      hint: "`a * (1 - 20%)` takes 20 % off.")
  }
}
