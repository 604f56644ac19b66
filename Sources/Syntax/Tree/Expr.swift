// Expressions. Structs around one indirect enum: a compiler switches over `kind`, and trees are
// values that can cross threads. The parser bounds `height`, so that walking and freeing a tree by
// recursion is safe.

/// An expression.
public struct Expr: Sendable {
  /// What it is.
  public var kind: Kind

  /// From its first to its last character, its own parentheses included.
  public var range: SourceRange

  /// Whether it stands in parentheses of its own.
  public var isParenthesized = false

  /// Longest way down to a leaf, counting nodes; a parsed tree has at most `Expr.heightLimit`.
  public let height: Int

  /// The greatest height of a parsed expression, blocks inside it included.
  public static let heightLimit = 1000

  /// The expressions of the grammar.
  public indirect enum Kind: Sendable {
    /// A number, suffix applied: `75%` is 0.75, `2min` is 120.
    case number(Double)
    /// Text and interpolations in turn; neighbours are never both text. `""` has no part.
    case string([StringPart])
    /// `true` or `false`.
    case bool(Bool)
    /// `nil`.
    case `nil`
    /// A variable. A `|>` that starts the input pipes from the name `it`.
    case name(String)
    /// `[a, b]`.
    case list([Expr])
    /// `[a, b; c, d]`: at least one `;`. Rows in order; they may differ in length here.
    case tensor([[Expr]])
    /// `(a: 1, ..rest)`; `(:)` has no field.
    case record([RecordField])
    /// `-x` or `not x`.
    case unary(UnaryOperator, Expr, operatorRange: SourceRange)
    /// An operator that evaluates both sides.
    case binary(BinaryOperator, Expr, Expr, operatorRange: SourceRange)
    /// `and`, `or`: the right side only when it matters.
    case logical(LogicalOperator, Expr, Expr, operatorRange: SourceRange)
    /// `lower..upper` (end included) or `lower..<upper`, with `by step`.
    case range(lower: Expr, upper: Expr, step: Expr?, isClosed: Bool)
    /// `x => ...`, `(a, b) => { ... }`.
    case function(Function)
    /// `f(...)`, `x |> f(...)`.
    case call(Call)
    /// `x[...]`.
    case index(Expr, [IndexItem], bracketRange: SourceRange)
    /// `x.name`.
    case field(Expr, Name)
    /// `if ... { } else { }`.
    case `if`(If)
    /// `with call { }`.
    case with(Expr, Block)
    /// What could not be parsed; only in a tree whose parse has errors.
    case missing
  }

  /// Creates an expression.
  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
    self.height = 1 + kind.childHeight
  }
}

/// An operator before its operand.
public enum UnaryOperator: String, Sendable {
  /// `-x`.
  case negate = "-"
  /// `not x`.
  case not
}

/// `and` and `or`.
public enum LogicalOperator: String, Sendable {
  /// True when both are.
  case and
  /// True when one is.
  case or
}

/// An operator between two operands, both evaluated.
public enum BinaryOperator: String, Sendable, CaseIterable {
  /// Sum, element by element.
  case add = "+"
  /// Difference.
  case subtract = "-"
  /// Product, element by element.
  case multiply = "*"
  /// Quotient.
  case divide = "/"
  /// Matrix product.
  case matrixMultiply = "@"
  /// Whole quotient, rounded down.
  case integerDivide = "div"
  /// Remainder of `div`.
  case modulo = "mod"
  /// Power; binds to the right.
  case power = "^"
  /// Equality of values.
  case equal = "=="
  /// Inequality of values.
  case notEqual = "!="
  /// Less.
  case less = "<"
  /// Less or equal.
  case lessOrEqual = "<="
  /// Greater.
  case greater = ">"
  /// Greater or equal.
  case greaterOrEqual = ">="
  /// Membership: the left side in the right one.
  case `in`
}

/// A piece of a `"..."` string.
public enum StringPart: Sendable {
  /// Text with escapes resolved and, in `"""`, common indentation removed.
  case text(String)
  /// `{value}` or `{value:format}`; the format's text is not checked here.
  case interpolation(Expr, format: Name?)
}

/// A field of a record literal.
public enum RecordField: Sendable {
  /// `name: value`.
  case named(Name, Expr)
  /// `..record`: all its fields.
  case splat(Expr)

  /// The value: of the field, or the record whose fields are taken.
  public var value: Expr {
    switch self {
    case .named(_, let value), .splat(let value): value
    }
  }
}

/// What stands between the brackets of `x[...]`, one for each comma.
public enum IndexItem: Sendable {
  /// A number, or any value that selects (a range with a step, a list, a mask).
  case value(Expr)
  /// `:`, the whole axis.
  case all(SourceRange)
  /// `...`, all axes that are not named.
  case rest(SourceRange)
  /// `a..b`, `a..<b` with either end left out; `isClosed` when the upper end belongs to it.
  case slice(lower: Expr?, upper: Expr?, isClosed: Bool, SourceRange)

  /// Its place.
  public var range: SourceRange {
    switch self {
    case .value(let value): value.range
    case .all(let range), .rest(let range), .slice(_, _, _, let range): range
    }
  }
}

/// A call; a piped value is its first argument.
public struct Call: Sendable {
  /// What is called.
  public var callee: Expr

  /// The arguments in order.
  public var arguments: [Argument]

  /// From `(` to `)`; nil when a pipe names a function without parentheses.
  public var argumentsRange: SourceRange?

  /// Whether the first argument came through `|>`.
  public var isPiped: Bool {
    if case .piped? = arguments.first?.kind { true } else { false }
  }
}

/// An argument of a call.
public struct Argument: Sendable {
  /// How it is handed over.
  public enum Kind: Sendable {
    /// The value left of `|>`: positional, and always the first.
    case piped
    /// By position.
    case positional
    /// `name: value`.
    case named(Name)
    /// `..record`: its fields by name.
    case splat
  }

  /// How it is handed over.
  public var kind: Kind

  /// The value.
  public var value: Expr

  /// The whole argument, its name or dots included.
  public var range: SourceRange
}

/// Parameters and body of a `fn` or of a `=>`.
public struct Function: Sendable {
  /// The parameters in order.
  public var parameters: [Parameter]

  /// From `(` to `)`, or the single name of `x => ...`.
  public var parametersRange: SourceRange

  /// The body; for `x => expr` a block with that expression alone.
  public var body: Block

  /// Whether the body was written without braces.
  public var isExpressionBodied: Bool
}

/// A parameter: data without a default, an option with one.
public struct Parameter: Sendable {
  /// Its name.
  public var name: Name

  /// The value when the caller gives none.
  public var defaultValue: Expr?
}

/// A conditional with its chain of `else if`.
public struct If: Sendable {
  /// A condition with what to do when it holds.
  public struct Branch: Sendable {
    /// The condition.
    public var condition: Expr

    /// What to do.
    public var body: Block
  }

  /// `if` and each `else if` in order; at least one.
  public var branches: [Branch]

  /// The last `else`.
  public var otherwise: Block?
}
