extension Parser {
  mutating func statement() throws(ParseFailure) -> StatementSyntax {
    let start = current.range
    if let cure = foreignStatement() { throw fail(cure) }
    let kind: StatementSyntax.Kind
    switch current.kind {
    case .keyword(.let): kind = try binding()
    case .keyword(.fn): kind = .function(try namedFunction())
    case .keyword(.for): kind = try forLoop()
    case .keyword(.while): kind = try whileLoop()
    case .keyword(.return): kind = try returning()
    case .keyword(.break):
      advance()
      kind = .breaking
    case .keyword(.continue):
      advance()
      kind = .continuing
    case .keyword(.try): kind = try trying()
    case .keyword(.import): kind = try importing()
    case .keyword(.else):
      throw fail(ParserMessages.elseOnNewLine(file, current.range))
    case .symbol("|>"):
      // At the prompt a line that begins with |> goes on from the last result.
      let it = ExpressionSyntax(.name("it"), SourceRange(current.range.start, current.range.start))
      kind = .expression(try pipe(from: it))
    default: kind = try expressionOrAssignment()
    }
    return StatementSyntax(range: SourceRange(start.start, lastEnd), kind: kind)
  }

  /// `def f`, `var x`, `print x`: a word and then another, which no statement has.
  private func foreignStatement() -> Diagnostic? {
    guard case .name(let text) = current.kind else { return nil }
    let name = NameSyntax(text, current.range)
    switch following.kind {
    case .name, .number, .string, .keyword(.let), .keyword(.if), .keyword(.not):
      return ForeignWords.statement(file, name, following: following)
    default: return nil
    }
  }

  private mutating func binding() throws(ParseFailure) -> StatementSyntax.Kind {
    advance()
    let pattern = try pattern()
    if isSymbol("==") { throw fail(ParserMessages.letEqual(file, current.range)) }
    if case .name(let name) = pattern, current.kind == .newline || current.kind == .end {
      throw fail(ParserMessages.letWithoutValue(file, name))
    }
    try expect("=", "= and a value")
    skipNewlines()
    return .binding(pattern, try expression())
  }

  mutating func pattern() throws(ParseFailure) -> PatternSyntax {
    let open = current.range
    guard take("(") else { return .name(try name("a name")) }
    var names = [try name("a name")]
    while take(","), !isSymbol(")") { names.append(try name("a name")) }
    try close(")", openedAt: open)
    return .parts(names, SourceRange(open.start, lastEnd))
  }

  private mutating func namedFunction() throws(ParseFailure) -> FunctionSyntax {
    let start = current.range.start
    let lines = documentation
    documentation = []
    advance()
    let name = try name("the function's name")
    let parameters = try parameters()
    let body = try block()
    return FunctionSyntax(
      name: name, parameters: parameters, body: body, documentation: lines,
      range: SourceRange(start, lastEnd))
  }

  mutating func parameters() throws(ParseFailure) -> [FunctionSyntax.Parameter] {
    let open = current.range
    try expect("(", "( and the parameters")
    var parameters = [FunctionSyntax.Parameter]()
    while !isSymbol(")"), current.kind != .end, current.kind != .newline {
      let name = try name("a parameter's name")
      if parameters.contains(where: { $0.name.text == name.text }) {
        report(ParserMessages.duplicateParameter(file, name))
      }
      var value: ExpressionSyntax?
      if take("=") { value = try expression() }
      parameters.append(.init(name: name, defaultValue: value))
      if !take(",") { break }
    }
    try close(")", openedAt: open)
    return parameters
  }

  private mutating func forLoop() throws(ParseFailure) -> StatementSyntax.Kind {
    advance()
    let pattern = try pattern()
    if isSymbol("=") {
      throw fail(ParserMessages.expected(file, "`in`: for i in 1..10 { ... }", at: current))
    }
    guard take(.in) else { throw fail(ParserMessages.expected(file, "`in`", at: current)) }
    let sequence = try expression()
    return .forLoop(pattern, sequence, try block())
  }

  private mutating func whileLoop() throws(ParseFailure) -> StatementSyntax.Kind {
    advance()
    let condition = try condition()
    return .whileLoop(condition, try block())
  }

  mutating func condition() throws(ParseFailure) -> ExpressionSyntax {
    let condition = try expression()
    if isSymbol("=") { throw fail(ParserMessages.assignmentInExpression(file, current.range)) }
    return condition
  }

  private mutating func returning() throws(ParseFailure) -> StatementSyntax.Kind {
    advance()
    switch current.kind {
    case .newline, .end, .symbol(";"), .symbol("}"): return .returning(nil)
    default: return .returning(try expression())
    }
  }

  private mutating func trying() throws(ParseFailure) -> StatementSyntax.Kind {
    let start = current.range
    advance()
    let body = try block()
    skipNewlines()
    guard take(.catch) else {
      throw fail(ParserMessages.missingCatch(file, start, at: current))
    }
    let name = try name("a name for the error")
    return .trying(body, name, try block())
  }

  private mutating func importing() throws(ParseFailure) -> StatementSyntax.Kind {
    advance()
    guard case .string(let pieces) = current.kind else {
      throw fail(ParserMessages.expected(file, "a file's name in quotes", at: current))
    }
    let range = current.range
    var path = ""
    for piece in pieces {
      guard case .literal(let text) = piece else {
        throw fail(ParserMessages.expected(file, "a plain string", at: current))
      }
      path += text
    }
    advance()
    return .importing(path, range, as: take(.as) ? try name("a name") : nil)
  }

  private mutating func expressionOrAssignment() throws(ParseFailure) -> StatementSyntax.Kind {
    let value = try expression()
    guard isSymbol("=") else { return .expression(value) }
    switch value.kind {
    case .name, .field, .index: break
    default: throw fail(ParserMessages.badPlace(file, value.range))
    }
    advance()
    skipNewlines()
    return .assignment(value, try expression())
  }
}
