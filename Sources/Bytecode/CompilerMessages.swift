import Syntax

/// What the compiler says: E060 to E099.
extension Diagnostic {
  /// - Parameter isOwnFunction: the name is that of a function around it, `let f = n => f(n - 1)` in a block.
  static func unknownName(
    _ file: SourceFile, _ name: Name, known: [String], isOwnFunction: Bool
  ) -> Diagnostic {
    if isOwnFunction {
      return Diagnostic(
        code: .unknownName, message: "`\(name.text)` has no name yet where it calls itself",
        primary: Label(file, name.range),
        notes: ["In a block, `let` makes its name after the value is known; `fn` makes it before."],
        hint: "`fn \(name.text)(...) { ... }`.")
    }
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
        ?? "`let \(name.text) = ...` first, or `help()` for what there is.")
  }

  static func unknownVariable(_ file: SourceFile, _ name: Name, known: [String]) -> Diagnostic {
    let near = Suggestion.nearest(to: name.text, among: known, limit: 1).first
    return Diagnostic(
      code: .unknownVariable, message: "there is no variable `\(name.text)` to change",
      primary: Label(file, name.range),
      notes: ["`=` changes a variable that exists; `let` makes a new one."],
      hint: near.map { "`\($0) = ...`, or `let \(name.text) = ...` for a new one." }
        ?? "`let \(name.text) = ...`.")
  }

  static func constantName(_ file: SourceFile, _ name: Name) -> Diagnostic {
    Diagnostic(
      code: .constantName,
      message: "`\(name.text)` is a function of the library and cannot be changed",
      primary: Label(file, name.range),
      hint: "`let \(name.text) = ...` makes a variable of your own.")
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
      primary: Label(file, range), hint: "`return` leaves a function.")
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
