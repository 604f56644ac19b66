// Tokens: what the lexer makes of the text. A token is a kind and a range; its letters stay in the
// source. Newlines are tokens only where they end a statement, so the parser needs no layout rules.

/// A word, sign or literal of the source.
public struct Token: Sendable, Hashable {
  /// What it is.
  public var kind: Kind

  /// Its place.
  public var range: SourceRange

  /// The kinds of token; words and signs carry their spelling as raw value.
  public enum Kind: String, Sendable, CaseIterable {
    // Words.
    case `let`, fn, `if`, `else`, `for`, `in`, `while`, `return`, `break`, `continue`, `try`
    case `catch`, `import`, `as`, with, and, or, not, div, mod, by, `true`, `false`, `nil`
    // Signs.
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case comma = ","
    case semicolon = ";"
    case colon = ":"
    case dot = "."
    case range = ".."
    case halfOpenRange = "..<"
    case ellipsis = "..."
    case assign = "="
    case fatArrow = "=>"
    case thinArrow = "->"
    case pipe = "|>"
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case at = "@"
    case caret = "^"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    // Literals and their parts.
    case name = "a name"
    case number = "a number"
    case rawString = "a raw string"
    case stringStart = "a string"
    case stringText = "text"
    case interpolationStart = "an interpolation"
    case format = "a format"
    case interpolationEnd = "the end of an interpolation"
    case stringEnd = "the end of a string"
    // Layout and the rest.
    case newline = "the end of the line"
    case comment = "a comment"
    case documentation = "a documentation comment"
    case cellMarker = "a cell marker"
    case invalid = "an invalid text"
    case endOfInput = "the end of the input"
  }

  /// Creates a token.
  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

extension Token.Kind {
  private static let wordKinds: [Token.Kind] = [
    .let, .fn, .if, .else, .for, .in, .while, .return, .break, .continue, .try, .catch, .import,
    .as, .with, .and, .or, .not, .div, .mod, .by, .true, .false, .nil,
  ]

  private static let wordsByText = Dictionary(
    uniqueKeysWithValues: wordKinds.map { ($0.rawValue, $0) })

  /// The reserved words in the order of the language page.
  public static var reservedWords: [String] { wordKinds.map(\.rawValue) }

  /// Returns the kind of a reserved word; nil for any other text.
  static func word(_ text: String) -> Token.Kind? { wordsByText[text] }

  /// Whether it is a reserved word.
  public var isWord: Bool { Self.wordsByText[rawValue] != nil }

  /// Whether it is a comment of any sort, which the parser does not see.
  public var isComment: Bool { self == .comment || self == .documentation || self == .cellMarker }

  /// Whether a statement goes on after a line that ends with this token.
  var continuesLine: Bool {
    switch self {
    case .comma, .dot, .range, .halfOpenRange, .assign, .fatArrow, .thinArrow, .pipe, .plus,
      .minus, .star, .slash, .at, .caret, .equal, .notEqual, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .in, .and, .or, .not, .div, .mod, .by:
      true
    default: false
    }
  }

  /// Whether a value can end with this token.
  var endsValue: Bool {
    switch self {
    case .name, .number, .rawString, .stringEnd, .rightParenthesis, .rightBracket, .rightBrace,
      .true, .false, .nil, .invalid:
      true
    default: false
    }
  }

  /// Whether an expression can start with this token.
  var startsExpression: Bool {
    switch self {
    case .name, .number, .rawString, .stringStart, .leftParenthesis, .leftBracket, .true, .false,
      .nil, .minus, .not, .if, .with, .invalid:
      true
    default: false
    }
  }

  /// Whether the word can only start a statement, so that no bracket can be open before it.
  var startsStatement: Bool {
    switch self {
    case .let, .fn, .for, .while, .return, .break, .continue, .try, .import: true
    default: false
    }
  }
}
