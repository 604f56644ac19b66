// Expressions from `=>` down to `^`. Binary operators are climbed by precedence in one function,
// which keeps the stack shallow: a bracket costs a handful of frames.

/// How tightly an operator binds; greater is tighter.
private enum Precedence: Int, Comparable {
  case or = 1, and, not, comparison, range, sum, product

  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .product }

  static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
}

extension Parser {
  /// `expr = ( NAME | params ) "=>" ( expr | block ) | pipe`.
  mutating func parseExpression() throws(Abandoned) -> Expr {
    try enter()
    defer { nesting -= 1 }
    if startsFunction { return try parseArrowFunction() }
    return try parsePipes(into: parseBinary(.or))
  }

  /// An expression where an index would allow `a..`; everywhere else a range has both ends.
  mutating func parseSum() throws(Abandoned) -> Expr { try parseBinary(.sum) }

  // MARK: - Pipes

  mutating func parsePipes(into left: Expr) throws(Abandoned) -> Expr {
    var value = left
    while accept(.pipe) != nil {
      value = try parsePipedCall(value)
      try checkHeight(value)
      if let cure = afterPipeCure() { throw fail(cure) }
    }
    return value
  }

  /// `call = NAME { "." NAME } [ "(" args ")" ]`, with the piped value in front.
  private mutating func parsePipedCall(_ value: Expr) throws(Abandoned) -> Expr {
    guard kind == .name && peek().kind != .fatArrow else { throw failPipeTarget() }
    let callee = try parseDottedName()
    let piped = Argument(kind: .piped, value: value, range: value.range)
    guard kind == .leftParenthesis else {
      let call = Call(callee: callee, arguments: [piped], argumentsRange: nil)
      return Expr(.call(call), range(from: value.range))
    }
    let opener = current
    let arguments = try parseArguments()
    let call = Call(
      callee: callee, arguments: [piped] + arguments, argumentsRange: range(from: opener.range))
    return Expr(.call(call), range(from: value.range))
  }

  mutating func parseDottedName() throws(Abandoned) -> Expr {
    let first = try parseName(as: .called)
    var callee = Expr(.name(first.text), first.range)
    while accept(.dot) != nil {
      let field = try parseName(as: .field)
      callee = Expr(.field(callee, field), range(from: first.range))
      try checkHeight(callee)
    }
    return callee
  }

  // MARK: - Binary operators

  private mutating func parseBinary(_ minimum: Precedence) throws(Abandoned) -> Expr {
    var left = try parsePrefix(minimum)
    while let precedence = Self.precedence(of: kind), precedence >= minimum {
      let sign = advance()
      switch precedence {
      case .range:
        left = try parseRange(from: left, sign: sign)
      case .comparison:
        left = combine(left, sign, try parseBinary(.range))
        if Self.precedence(of: kind) == .comparison {
          throw fail(.chainedComparison(file, sign, current))
        }
      case .product: left = combine(left, sign, try parseUnary())
      case .or, .and, .not, .sum:
        left = combine(left, sign, try parseBinary(precedence.tighter))
      }
      try checkHeight(left)
    }
    return left
  }

  private static func precedence(of kind: Token.Kind) -> Precedence? {
    switch kind {
    case .or: .or
    case .and: .and
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: .comparison
    case .range, .halfOpenRange: .range
    case .plus, .minus: .sum
    case .star, .slash, .at, .div, .mod: .product
    default: nil
    }
  }

  private func combine(_ left: Expr, _ sign: Token, _ right: Expr) -> Expr {
    let whole = left.range.union(right.range)
    if let logical = LogicalOperator(rawValue: sign.kind.rawValue) {
      return Expr(.logical(logical, left, right, operatorRange: sign.range), whole)
    }
    guard let binary = BinaryOperator(rawValue: sign.kind.rawValue) else {
      preconditionFailure("every sign with a precedence is an operator")
    }
    return Expr(.binary(binary, left, right, operatorRange: sign.range), whole)
  }

  /// `sum ( ".." | "..<" ) sum [ "by" sum ]`, after the sign.
  private mutating func parseRange(from lower: Expr, sign: Token) throws(Abandoned) -> Expr {
    let isClosed = sign.kind == .range
    if allowsOpenRange && (kind == .rightBracket || kind == .comma) {
      openRangeCount += 1
      let open = Expr(.missing, sign.range.endPoint)
      return Expr(
        .range(lower: lower, upper: open, step: nil, isClosed: isClosed), range(from: lower.range))
    }
    let upper = try parseSum()
    let step = accept(.by) == nil ? nil : try parseSum()
    if Self.precedence(of: kind) == .range { throw fail(.chainedRange(file, current)) }
    return Expr(
      .range(lower: lower, upper: upper, step: step, isClosed: isClosed), range(from: lower.range))
  }

  // MARK: - Prefix operators

  private mutating func parsePrefix(_ minimum: Precedence) throws(Abandoned) -> Expr {
    guard kind == .not else { return try parseUnary() }
    guard minimum <= .not else { throw fail(.misplacedNot(file, current)) }
    let sign = advance()
    try enter()
    defer { nesting -= 1 }
    let operand = try parseBinary(.not)
    return Expr(
      .unary(.not, operand, operatorRange: sign.range), sign.range.union(operand.range))
  }

  /// `unary = "-" unary | power`: `-2^2` is -(2^2).
  private mutating func parseUnary() throws(Abandoned) -> Expr {
    guard kind == .minus else { return try parsePower() }
    let sign = advance()
    try enter()
    defer { nesting -= 1 }
    let operand = try parseUnary()
    return Expr(
      .unary(.negate, operand, operatorRange: sign.range), sign.range.union(operand.range))
  }

  /// `power = post [ "^" unary ]`: `2^3^2` is 2^(3^2).
  private mutating func parsePower() throws(Abandoned) -> Expr {
    let base = try parsePostfix()
    guard kind == .caret else { return base }
    let sign = advance()
    try enter()
    defer { nesting -= 1 }
    return combine(base, sign, try parseUnary())
  }

  // MARK: - Functions

  /// Whether `NAME =>` or `( ... ) =>` stands here.
  private var startsFunction: Bool {
    let after =
      switch kind {
      case .name: peek().kind
      case .leftParenthesis where partners[position] > 0:
        tokens[min(partners[position] + 1, tokens.count - 1)].kind
      default: Token.Kind.newline
      }
    return after == .fatArrow || after == .thinArrow
  }

  private mutating func parseArrowFunction() throws(Abandoned) -> Expr {
    let start = current
    var parameters: [Parameter] = []
    if let single = accept(.name) {
      parameters = [Parameter(name: Name(text(single), single.range), defaultValue: nil)]
    } else {
      parameters = try parseParameters()
    }
    let parametersRange = range(from: start.range)
    if kind == .thinArrow { report(.thinArrow(file, current)) }
    advance()
    let isExpressionBodied = kind != .leftBrace
    if let cure = recordInBracesCure() { throw fail(cure) }
    let body = isExpressionBodied ? try parseExpressionBody() : try parseBlock()
    let function = Function(
      parameters: parameters, parametersRange: parametersRange, body: body,
      isExpressionBodied: isExpressionBodied)
    return Expr(.function(function), range(from: start.range))
  }

  private mutating func parseExpressionBody() throws(Abandoned) -> Block {
    if kind.startsStatement { throw fail(.statementAsBody(file, current, text(current))) }
    let value = try parseExpression()
    return Block([Stmt(.expression(value), value.range)], value.range)
  }

  /// `params = "(" [ NAME [ "=" expr ] { "," NAME [ "=" expr ] } ] ")"`.
  mutating func parseParameters() throws(Abandoned) -> [Parameter] {
    let opener = advance()
    let parameters = try parseList(to: .rightParenthesis, opener: opener) {
      (parser) throws(Abandoned) in try parser.parseParameter()
    }
    reportRepetition(parameters.map(\.name))
    return parameters
  }

  private mutating func parseParameter() throws(Abandoned) -> Parameter {
    if [.star, .ellipsis, .range, .caret].contains(kind) {
      throw fail(.variadicParameter(file, current))
    }
    let name = try parseName(as: .parameter)
    if kind == .colon { throw fail(.parameterType(file, current, name: name.text)) }
    let defaultValue = accept(.assign) == nil ? nil : try parseExpression()
    return Parameter(name: name, defaultValue: defaultValue)
  }
}
