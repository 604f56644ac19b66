// The syntax tree. Every node knows its range; names know theirs, so that messages can point at them.

/// A name and where it stands.
public struct NameSyntax: Sendable, Hashable {
  public let text: String
  public let range: SourceRange

  public init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// An expression.
public struct ExpressionSyntax: Sendable {
  public let range: SourceRange
  public let kind: Kind

  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }

  public indirect enum Kind: Sendable {
    case number(Double)
    case string([StringPart])
    case boolean(Bool)
    case none
    case name(String)
    case list([ExpressionSyntax])
    /// `[1, 2; 3, 4]`: rows of a tensor.
    case matrix([[ExpressionSyntax]])
    case record([ArgumentSyntax])
    case negate(ExpressionSyntax)
    case not(ExpressionSyntax)
    case binary(BinaryOperator, ExpressionSyntax, ExpressionSyntax)
    case and(ExpressionSyntax, ExpressionSyntax)
    case or(ExpressionSyntax, ExpressionSyntax)
    case range(ExpressionSyntax, ExpressionSyntax, step: ExpressionSyntax?, isClosed: Bool)
    /// A call; with `isPiped` the first argument came from the left of `|>`.
    case call(ExpressionSyntax, [ArgumentSyntax], isPiped: Bool)
    case index(ExpressionSyntax, [IndexSyntax])
    case field(ExpressionSyntax, NameSyntax)
    case function(FunctionSyntax)
    case conditional(ExpressionSyntax, BlockSyntax, BlockSyntax?)
    case with(ExpressionSyntax, BlockSyntax)
  }
}

/// The operators that take two values and always evaluate both.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case matrixProduct = "@"
  case integerDivide = "div"
  case modulo = "mod"
  case power = "^"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case contains = "in"
}

/// A piece of an interpolated string.
public enum StringPart: Sendable {
  case literal(String)
  /// `{expr:format}`.
  case expression(ExpressionSyntax, format: String?)
}

/// An argument of a call or a field of a record.
public struct ArgumentSyntax: Sendable {
  public enum Kind: Sendable {
    case positional
    case named(NameSyntax)
    /// `..cfg`: the fields of a record as named arguments.
    case splat
  }
  public let kind: Kind
  public let value: ExpressionSyntax
}

/// One index of a subscript.
public enum IndexSyntax: Sendable {
  case value(ExpressionSyntax)
  /// `:`, a whole axis.
  case all(SourceRange)
  /// `...`, the axes that are not named.
  case rest(SourceRange)
  /// `a..b`, `a..<b`, `..b`, `a..`; without an upper bound the axis runs to its end.
  case span(ExpressionSyntax?, ExpressionSyntax?, isClosed: Bool, SourceRange)
}

/// A function with or without a name.
public struct FunctionSyntax: Sendable {
  public struct Parameter: Sendable {
    public let name: NameSyntax
    public let defaultValue: ExpressionSyntax?
  }
  public let name: NameSyntax?
  public let parameters: [Parameter]
  public let body: BlockSyntax
  /// The `##` lines above, without their marks.
  public let documentation: [String]
  public let range: SourceRange
}

/// Statements in braces, or a whole program. Its value is that of its last expression.
public struct BlockSyntax: Sendable {
  public let statements: [StatementSyntax]
  public let range: SourceRange
}

/// What `let` and `for` bind: one name, or the parts of a list.
public enum PatternSyntax: Sendable {
  case name(NameSyntax)
  case parts([NameSyntax], SourceRange)
}

/// A statement.
public struct StatementSyntax: Sendable {
  public let range: SourceRange
  public let kind: Kind
  /// Whether a `;` follows: at the end of a cell it silences the result.
  public var isSilenced = false

  public indirect enum Kind: Sendable {
    case binding(PatternSyntax, ExpressionSyntax)
    /// The left side is a name, a field or a subscript.
    case assignment(ExpressionSyntax, ExpressionSyntax)
    case function(FunctionSyntax)
    case forLoop(PatternSyntax, ExpressionSyntax, BlockSyntax)
    case whileLoop(ExpressionSyntax, BlockSyntax)
    case returning(ExpressionSyntax?)
    case breaking
    case continuing
    case trying(BlockSyntax, NameSyntax, BlockSyntax)
    case importing(String, SourceRange, as: NameSyntax?)
    case expression(ExpressionSyntax)
  }
}

/// A cell of a script in the percent format: `# %% title` starts one.
public struct CellSyntax: Sendable {
  public let title: String
  public let isMarkdown: Bool
  public let range: SourceRange
}
