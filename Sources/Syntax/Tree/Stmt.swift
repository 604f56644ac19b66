// Statements, in the order of the grammar.

/// A statement.
public struct Stmt: Sendable {
  /// What it is.
  public var kind: Kind

  /// From its first to its last character, the separator not included.
  public var range: SourceRange

  /// Longest way down its expressions and blocks; see `Expr.height`.
  public let height: Int

  /// The statements of the grammar.
  public enum Kind: Sendable {
    /// `let pattern = value`: new names.
    case `let`(Pattern, Expr)
    /// `place = value`: the place must exist.
    case assign(Place, Expr)
    /// `fn name(...) { ... }`.
    case function(FunctionDeclaration)
    /// `for pattern in sequence { ... }`.
    case `for`(Pattern, sequence: Expr, body: Block)
    /// `while condition { ... }`.
    case `while`(condition: Expr, body: Block)
    /// `return` with or without a value.
    case `return`(Expr?)
    /// `break`.
    case `break`
    /// `continue`.
    case `continue`
    /// `try { ... } catch name { ... }`.
    case `try`(body: Block, error: Name, handler: Block)
    /// `import "path" as name`; without `as` the name is the host's choice.
    case `import`(path: Name, alias: Name?)
    /// An expression for its value or its effect.
    case expression(Expr)
  }

  /// Creates a statement.
  public init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
    self.height = 1 + kind.childHeight
  }
}

/// Statements in braces; the value is the last one's, when that is an expression.
public struct Block: Sendable {
  /// The statements in order.
  public var statements: [Stmt]

  /// From `{` to `}`; for the body of `x => expr`, the expression.
  public var range: SourceRange

  /// Longest way down; see `Expr.height`.
  public let height: Int

  /// Creates a block.
  public init(_ statements: [Stmt], _ range: SourceRange) {
    self.statements = statements
    self.range = range
    self.height = 1 + (statements.lazy.map(\.height).max() ?? 0)
  }
}

/// What `let` and `for` bind.
public enum Pattern: Sendable {
  /// One name.
  case name(Name)
  /// `(a, b, ...)`: as many names as the value has elements.
  case tuple([Name], SourceRange)

  /// The names in order.
  public var names: [Name] {
    switch self {
    case .name(let name): [name]
    case .tuple(let names, _): names
    }
  }

  /// Its place.
  public var range: SourceRange {
    switch self {
    case .name(let name): name.range
    case .tuple(_, let range): range
    }
  }
}

/// The left side of an assignment: a variable, and the way into its value.
public struct Place: Sendable {
  /// One step into a value.
  public enum Step: Sendable {
    /// `.name`.
    case field(Name)
    /// `[...]`, with its range from `[` to `]`.
    case index([IndexItem], SourceRange)

    /// Its place, from the name or the bracket to its end.
    public var range: SourceRange {
      switch self {
      case .field(let name): name.range
      case .index(_, let range): range
      }
    }
  }

  /// The variable.
  public var base: Name

  /// The way from the variable to what changes; empty for a plain variable.
  public var steps: [Step]

  /// The whole left side.
  public var range: SourceRange
}

/// `fn name(...) { ... }` with its documentation.
public struct FunctionDeclaration: Sendable {
  /// The function's name.
  public var name: Name

  /// Parameters and body.
  public var function: Function

  /// The `##` lines right above; nil when there are none.
  public var documentation: Documentation?
}

extension Stmt.Kind {
  var childHeight: Int {
    switch self {
    case .let(_, let value), .expression(let value): value.height
    case .assign(let place, let value): max(place.height, value.height)
    case .function(let declaration): declaration.function.height
    case .for(_, let sequence, let body): max(sequence.height, body.height)
    case .while(let condition, let body): max(condition.height, body.height)
    case .return(let value): value?.height ?? 0
    case .try(let body, _, let handler): max(body.height, handler.height)
    case .break, .continue, .import: 0
    }
  }
}

extension Place {
  var height: Int {
    steps.lazy.map { step in
      switch step {
      case .field: 0
      case .index(let items, _): items.lazy.map(\.height).max() ?? 0
      }
    }.max() ?? 0
  }
}
