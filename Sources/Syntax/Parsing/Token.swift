/// A word of the source text.
public struct Token: Sendable {
  public enum Kind: Sendable, Equatable {
    case number(Double)
    /// The pieces are parsed by the parser, so that expressions inside share its rules.
    case string([StringPiece])
    case name(String)
    case keyword(Keyword)
    /// An operator or bracket, by its text.
    case symbol(String)
    case newline
    case documentation(String)
    case end
    /// A text that is no word of the language; its diagnostic has been made.
    case invalid
  }
  public let kind: Kind
  public let range: SourceRange
}

/// A piece of a string literal as the lexer sees it.
public enum StringPiece: Sendable, Equatable {
  case literal(String)
  case expression(SourceRange, format: String?)
}

/// The words that cannot be names.
public enum Keyword: String, Sendable, CaseIterable {
  case `let`, fn, `if`, `else`, `for`, `in`, `while`, `return`, `break`, `continue`, `try`, `catch`
  case `import`, `as`, with, and, or, not, div, mod, by, `true`, `false`, `nil`
}
