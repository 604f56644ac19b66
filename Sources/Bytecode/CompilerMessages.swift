import Syntax

/// What the compiler says: E060 to E079.
enum CompilerMessages {
  static func unknownName(
    _ file: SourceFile, _ name: String, _ range: SourceRange, known: [String]
  ) -> Diagnostic {
    let cure = foreignNameCure(name)
    let near = Suggestion.nearest(to: name, among: known)
    return Diagnostic(
      "E060", "there is nothing named `\(name)`", labels: [.init(file, range)],
      hint: cure ?? near ?? "let \(name) = ... first, or help() for what there is")
  }

  static func unknownPlace(
    _ file: SourceFile, _ name: String, _ range: SourceRange, known: [String]
  ) -> Diagnostic {
    let near = Suggestion.nearest(to: name, among: known)
    return Diagnostic(
      "E061", "there is no variable `\(name)` to change", labels: [.init(file, range)],
      notes: ["= changes a variable that exists; `let` makes a new one."],
      hint: near.map { "\($0) = ..., or let \(name) = ... for a new one" } ?? "let \(name) = ...")
  }

  static func assignToBuiltin(_ file: SourceFile, _ name: String, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E062", "`\(name)` is a function of the library and cannot be changed",
      labels: [.init(file, range)], hint: "let \(name) = ... makes a variable of your own")
  }

  static func returnOutside(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E063", "`return` outside a function", labels: [.init(file, range)],
      hint: "write the value itself: the last expression is the result")
  }

  static func loopWordOutside(_ file: SourceFile, _ word: String, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E064", "`\(word)` outside a loop", labels: [.init(file, range)],
      hint: "return leaves a function")
  }

  static func tooMany(_ file: SourceFile, _ what: String, _ limit: Int, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E065", "more than \(limit) \(what) in one function", labels: [.init(file, range)],
      hint: "split it into smaller functions")
  }

  static func percentSubtraction(_ file: SourceFile, _ range: SourceRange) -> Diagnostic {
    Diagnostic(
      "E066", "a percentage is a plain number here: 20% is 0.2", labels: [.init(file, range)],
      hint: "a * (1 - 20%) takes 20 % off", severity: .warning)
  }
}
