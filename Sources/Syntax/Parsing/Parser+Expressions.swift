extension Parser {
  /// expr = ( NAME | params ) "=>" ( expr | block ) | pipe
  mutating func expression() throws(ParseFailure) -> ExpressionSyntax {
    try enter()
    defer { depth -= 1 }
    if let function = try arrowFunction() { return function }
    let first = try orExpression()
    return try pipe(from: first)
  }

  /// pipe = or { "|>" call }; the next line may begin with |>.
  mutating func pipe(from first: ExpressionSyntax) throws(ParseFailure) -> ExpressionSyntax {
    var value = first
    while continuesWithPipe() {
      advance()
      skipNewlines()
      let start = current.range.start
      guard case .name(let text) = current.kind else {
        throw fail(ParserMessages.pipeNeedsCall(file, current.range))
      }
      var callee = ExpressionSyntax(.name(text), current.range)
      advance()
      while isSymbol("."), case .name(let field) = following.kind {
        advance()
        let name = NameSyntax(field, current.range)
        advance()
        callee = ExpressionSyntax(.field(callee, name), SourceRange(start, lastEnd))
      }
      let piped = ArgumentSyntax(kind: .positional, value: value)
      let rest = isSymbol("(") ? try arguments() : []
      value = ExpressionSyntax(
        .call(callee, [piped] + rest, isPiped: true), SourceRange(value.range.start, lastEnd))
    }
    return value
  }

  private mutating func continuesWithPipe() -> Bool {
    if isSymbol("|>") { return true }
    var ahead = position
    while case .newline = tokens[ahead].kind { ahead += 1 }
    guard ahead > position, tokens[ahead].kind == .symbol("|>") else { return false }
    position = ahead
    return true
  }

  // MARK: - Functions

  private mutating func arrowFunction() throws(ParseFailure) -> ExpressionSyntax? {
    let start = current.range.start
    let parameters: [FunctionSyntax.Parameter]
    if case .name(let text) = current.kind, following.kind == .symbol("=>") {
      parameters = [.init(name: NameSyntax(text, current.range), defaultValue: nil)]
      advance()
    } else if isSymbol("("), parenthesesBeginFunction() {
      parameters = try self.parameters()
    } else {
      return nil
    }
    advance()
    skipNewlines()
    let body: BlockSyntax
    if isSymbol("{") {
      body = try block()
    } else {
      let value = try expression()
      let statement = StatementSyntax(range: value.range, kind: .expression(value))
      body = BlockSyntax(statements: [statement], range: value.range)
    }
    let range = SourceRange(start, lastEnd)
    return ExpressionSyntax(
      .function(
        FunctionSyntax(
          name: nil, parameters: parameters, body: body, documentation: [], range: range)), range)
  }

  /// Whether the parenthesis here closes right before a =>.
  private func parenthesesBeginFunction() -> Bool {
    var ahead = position
    var nested = 0
    while ahead < tokens.count {
      switch tokens[ahead].kind {
      case .symbol("("), .symbol("["), .symbol("{"): nested += 1
      case .symbol(")"), .symbol("]"), .symbol("}"):
        nested -= 1
        if nested == 0 { return tokens[ahead + 1].kind == .symbol("=>") }
      case .end: return false
      default: break
      }
      ahead += 1
    }
    return false
  }

  // MARK: - Operators, loosest first

  private mutating func orExpression() throws(ParseFailure) -> ExpressionSyntax {
    var left = try andExpression()
    while take(.or) {
      skipNewlines()
      let right = try andExpression()
      left = ExpressionSyntax(.or(left, right), left.range.through(right.range))
    }
    return left
  }

  private mutating func andExpression() throws(ParseFailure) -> ExpressionSyntax {
    var left = try notExpression()
    while take(.and) {
      skipNewlines()
      let right = try notExpression()
      left = ExpressionSyntax(.and(left, right), left.range.through(right.range))
    }
    return left
  }

  private mutating func notExpression() throws(ParseFailure) -> ExpressionSyntax {
    let start = current.range
    guard take(.not) else { return try comparison() }
    try enter()
    defer { depth -= 1 }
    let operand = try notExpression()
    return ExpressionSyntax(.not(operand), start.through(operand.range))
  }

  private func comparisonOperator() -> BinaryOperator? {
    switch current.kind {
    case .keyword(.in): .contains
    case .symbol(let text) where ["==", "!=", "<", "<=", ">", ">="].contains(text):
      BinaryOperator(rawValue: text)
    default: nil
    }
  }

  private mutating func comparison() throws(ParseFailure) -> ExpressionSyntax {
    let left = try rangeExpression()
    guard let operation = comparisonOperator() else { return left }
    advance()
    skipNewlines()
    let right = try rangeExpression()
    if comparisonOperator() != nil {
      throw fail(ParserMessages.chainedComparison(file, current.range))
    }
    return ExpressionSyntax(.binary(operation, left, right), left.range.through(right.range))
  }

  private mutating func rangeExpression() throws(ParseFailure) -> ExpressionSyntax {
    let lower = try sum()
    let isClosed = isSymbol("..")
    guard isClosed || isSymbol("..<") else { return lower }
    // `a..` with nothing behind it is an index; the subscript rule reads it.
    if isOpenEnd(following) { return lower }
    advance()
    skipNewlines()
    let upper = try sum()
    let step = take(.by) ? try sum() : nil
    return ExpressionSyntax(
      .range(lower, upper, step: step, isClosed: isClosed),
      lower.range.through((step ?? upper).range))
  }

  func isOpenEnd(_ token: Token) -> Bool {
    token.kind == .symbol("]") || token.kind == .symbol(",")
  }

  mutating func sum() throws(ParseFailure) -> ExpressionSyntax {
    var left = try product()
    while true {
      let operation: BinaryOperator
      switch current.kind {
      case .symbol("+"): operation = .add
      case .symbol("-"): operation = .subtract
      default: return left
      }
      advance()
      skipNewlines()
      let right = try product()
      left = ExpressionSyntax(.binary(operation, left, right), left.range.through(right.range))
    }
  }

  private mutating func product() throws(ParseFailure) -> ExpressionSyntax {
    var left = try unary()
    while true {
      let operation: BinaryOperator
      switch current.kind {
      case .symbol("*"): operation = .multiply
      case .symbol("/"): operation = .divide
      case .symbol("@"): operation = .matrixProduct
      case .keyword(.div): operation = .integerDivide
      case .keyword(.mod): operation = .modulo
      default: return left
      }
      advance()
      skipNewlines()
      let right = try unary()
      left = ExpressionSyntax(.binary(operation, left, right), left.range.through(right.range))
    }
  }

  private mutating func unary() throws(ParseFailure) -> ExpressionSyntax {
    let start = current.range
    guard take("-") else { return try power() }
    try enter()
    defer { depth -= 1 }
    let operand = try unary()
    if case .number(let value) = operand.kind {
      return ExpressionSyntax(.number(-value), start.through(operand.range))
    }
    return ExpressionSyntax(.negate(operand), start.through(operand.range))
  }

  private mutating func power() throws(ParseFailure) -> ExpressionSyntax {
    let base = try postfix()
    guard take("^") else { return base }
    skipNewlines()
    try enter()
    defer { depth -= 1 }
    let exponent = try unary()
    return ExpressionSyntax(
      .binary(.power, base, exponent), base.range.through(exponent.range))
  }

  // MARK: - Calls, subscripts, fields

  private mutating func postfix() throws(ParseFailure) -> ExpressionSyntax {
    var value = try atom()
    while true {
      switch current.kind {
      case .symbol("("):
        let arguments = try arguments()
        value = ExpressionSyntax(
          .call(value, arguments, isPiped: false), SourceRange(value.range.start, lastEnd))
      case .symbol("["):
        let indices = try indices()
        value = ExpressionSyntax(
          .index(value, indices), SourceRange(value.range.start, lastEnd))
      case .symbol("."):
        advance()
        let name = try fieldName()
        value = ExpressionSyntax(.field(value, name), SourceRange(value.range.start, lastEnd))
      default: return value
      }
    }
  }

  /// A field may have the name of a word: after a dot nothing else can stand.
  private mutating func fieldName() throws(ParseFailure) -> NameSyntax {
    guard case .keyword(let word) = current.kind else { return try name("a field's name") }
    let name = NameSyntax(word.rawValue, current.range)
    advance()
    return name
  }

  mutating func arguments() throws(ParseFailure) -> [ArgumentSyntax] {
    let open = current.range
    advance()
    var arguments = [ArgumentSyntax]()
    while !isSymbol(")"), current.kind != .end, current.kind != .newline {
      arguments.append(try argument(after: arguments))
      if !take(",") { break }
    }
    try close(")", openedAt: open)
    return arguments
  }

  private mutating func argument(
    after earlier: [ArgumentSyntax]
  ) throws(ParseFailure) -> ArgumentSyntax {
    if take("..") { return ArgumentSyntax(kind: .splat, value: try sum()) }
    if following.kind == .symbol(":"), let name = optionName() {
      advance()
      advance()
      skipNewlines()
      return ArgumentSyntax(kind: .named(name), value: try expression())
    }
    if case .name(let text) = current.kind, following.kind == .symbol("=") {
      throw fail(
        ParserMessages.optionEquals(file, NameSyntax(text, current.range), following.range))
    }
    let value = try expression()
    if earlier.contains(where: { if case .named = $0.kind { true } else { false } }) {
      report(ParserMessages.positionalAfterNamed(file, value.range))
    }
    return ArgumentSyntax(kind: .positional, value: value)
  }

  private func optionName() -> NameSyntax? {
    switch current.kind {
    case .name(let text): NameSyntax(text, current.range)
    case .keyword(let word): NameSyntax(word.rawValue, current.range)
    default: nil
    }
  }

  private mutating func indices() throws(ParseFailure) -> [IndexSyntax] {
    let open = current.range
    advance()
    var indices = [IndexSyntax]()
    while !isSymbol("]"), current.kind != .end, current.kind != .newline {
      indices.append(try index())
      if !take(",") { break }
    }
    try close("]", openedAt: open)
    if indices.isEmpty {
      throw fail(ParserMessages.emptyIndex(file, SourceRange(open.start, lastEnd)))
    }
    return indices
  }

  private mutating func index() throws(ParseFailure) -> IndexSyntax {
    let start = current.range
    if take(":") { return .all(start) }
    if take("...") { return .rest(start) }
    if isSymbol("..") || isSymbol("..<") {
      let isClosed = isSymbol("..")
      advance()
      let upper = isOpenEnd(current) ? nil : try sum()
      return .span(nil, upper, isClosed: isClosed, SourceRange(start.start, lastEnd))
    }
    let value = try expression()
    if isSymbol("..") || isSymbol("..<") {
      let isClosed = isSymbol("..")
      advance()
      return .span(value, nil, isClosed: isClosed, SourceRange(start.start, lastEnd))
    }
    if case .range(let lower, let upper, nil, let isClosed) = value.kind {
      return .span(lower, upper, isClosed: isClosed, value.range)
    }
    return .value(value)
  }

  // MARK: - Atoms

  private mutating func atom() throws(ParseFailure) -> ExpressionSyntax {
    let token = current
    switch token.kind {
    case .number(let value):
      advance()
      return ExpressionSyntax(.number(value), token.range)
    case .string(let pieces):
      advance()
      return ExpressionSyntax(.string(try stringParts(pieces)), token.range)
    case .name(let text):
      advance()
      return ExpressionSyntax(.name(text), token.range)
    case .keyword(.true), .keyword(.false):
      advance()
      return ExpressionSyntax(.boolean(token.kind == .keyword(.true)), token.range)
    case .keyword(.nil):
      advance()
      return ExpressionSyntax(.none, token.range)
    case .keyword(.if): return try conditional()
    case .keyword(.with): return try withScope()
    case .symbol("("): return try parenthesised()
    case .symbol("["): return try listOrMatrix()
    case .keyword(let word):
      throw fail(ParserMessages.keywordAsName(file, token.range, word.rawValue))
    default: throw fail(ParserMessages.expected(file, "a value", at: token))
    }
  }

  private mutating func stringParts(
    _ pieces: [StringPiece]
  ) throws(ParseFailure) -> [StringPart] {
    var parts = [StringPart]()
    for piece in pieces {
      switch piece {
      case .literal(let text): parts.append(.literal(text))
      case .expression(let range, let format):
        var lexer = Lexer(file, range: range)
        var inner = Parser(file, lexer.run())
        inner.depth = depth
        do throws(ParseFailure) {
          let value = try inner.expression()
          guard inner.current.kind == .end else {
            throw inner.fail(ParserMessages.expected(file, "}", at: inner.current))
          }
          parts.append(.expression(value, format: format))
        } catch {
          for diagnostic in lexer.diagnostics + inner.diagnostics { report(diagnostic) }
          throw ParseFailure()
        }
      }
    }
    return parts
  }

  private mutating func conditional() throws(ParseFailure) -> ExpressionSyntax {
    let start = current.range
    advance()
    let condition = try condition()
    let body = try block()
    var otherwise: BlockSyntax?
    if take(.else) {
      if isKeyword(.if) {
        try enter()
        defer { depth -= 1 }
        let nested = try conditional()
        otherwise = BlockSyntax(
          statements: [StatementSyntax(range: nested.range, kind: .expression(nested))],
          range: nested.range)
      } else {
        otherwise = try block()
      }
    }
    return ExpressionSyntax(
      .conditional(condition, body, otherwise), SourceRange(start.start, lastEnd))
  }

  private mutating func withScope() throws(ParseFailure) -> ExpressionSyntax {
    let start = current.range
    advance()
    let subject = try orExpression()
    let body = try block()
    return ExpressionSyntax(.with(subject, body), SourceRange(start.start, lastEnd))
  }

  /// A parenthesised expression, or a record: `(:)`, `(a: 1)`, `(..cfg, b: 2)`.
  private mutating func parenthesised() throws(ParseFailure) -> ExpressionSyntax {
    let open = current.range
    advance()
    if take(":") {
      try close(")", openedAt: open)
      return ExpressionSyntax(.record([]), SourceRange(open.start, lastEnd))
    }
    let isRecord = isSymbol("..") || (following.kind == .symbol(":") && optionName() != nil)
    guard isRecord else {
      let value = try expression()
      try close(")", openedAt: open)
      return ExpressionSyntax(value.kind, SourceRange(open.start, lastEnd))
    }
    var fields = [ArgumentSyntax]()
    while !isSymbol(")"), current.kind != .end, current.kind != .newline {
      if take("..") {
        fields.append(ArgumentSyntax(kind: .splat, value: try sum()))
      } else {
        guard let name = optionName() else {
          throw fail(ParserMessages.expected(file, "a field's name", at: current))
        }
        advance()
        try expect(":", ": and the field's value")
        skipNewlines()
        fields.append(ArgumentSyntax(kind: .named(name), value: try expression()))
      }
      if !take(",") { break }
    }
    try close(")", openedAt: open)
    return ExpressionSyntax(.record(fields), SourceRange(open.start, lastEnd))
  }

  private mutating func listOrMatrix() throws(ParseFailure) -> ExpressionSyntax {
    let open = current.range
    advance()
    var rows = [[ExpressionSyntax]]()
    var row = [ExpressionSyntax]()
    while !isSymbol("]"), current.kind != .end, current.kind != .newline {
      row.append(try expression())
      switch current.kind {
      case .number, .name, .string: throw fail(ParserMessages.spaceSeparated(file, current.range))
      default: break
      }
      if take(";") {
        rows.append(row)
        row = []
      } else if !take(",") {
        break
      }
    }
    try close("]", openedAt: open)
    let range = SourceRange(open.start, lastEnd)
    if rows.isEmpty { return ExpressionSyntax(.list(row), range) }
    if !row.isEmpty { rows.append(row) }
    return ExpressionSyntax(.matrix(rows), range)
  }
}
