// The statements of the grammar, and the blocks and programs that hold them.

extension Parser {
  mutating func parseProgram(cells: [Cell]) -> Program {
    let statements = parseStatements(isTopLevel: true)
    var last = tokens.count - 2
    while last >= 0 && tokens[last].kind == .newline { last -= 1 }
    return Program(
      statements: statements, cells: cells,
      endsWithSemicolon: last >= 0 && !statements.isEmpty && tokens[last].kind == .semicolon,
      range: file.fullRange)
  }

  private mutating func parseStatements(isTopLevel: Bool) -> [Stmt] {
    var statements: [Stmt] = []
    while true {
      while kind == .newline || kind == .semicolon { advance() }
      if kind == .endOfInput || (kind == .rightBrace && !isTopLevel) { return statements }
      let start = position
      let depth = nesting
      do {
        let isFirst = isTopLevel && startsInput(after: statements.last)
        statements.append(try parseStatement(canPipeFromIt: isFirst))
        try endStatement(startedAt: start)
      } catch {
        nesting = depth
        recover(from: start)
        if position == start { advance() }
      }
    }
  }

  /// Whether nothing stands before the cursor in this input or cell.
  private func startsInput(after last: Stmt?) -> Bool {
    guard let last else { return true }
    return cellStarts.contains { $0 >= last.range.end && $0 < current.range.start }
  }

  /// `"{" program "}"`.
  mutating func parseBlock() throws(Abandoned) -> Block {
    let opener = current
    guard accept(.leftBrace) != nil else { throw fail(.missingBlock(file, current)) }
    try enter()
    defer { nesting -= 1 }
    return try insideBrackets { (parser) throws(Abandoned) in
      let statements = parser.parseStatements(isTopLevel: false)
      if parser.accept(.rightBrace) == nil {
        parser.noteMoreInputWouldHelp()
        parser.report(.unclosedBracket(parser.file, opener, after: parser.lastOnLine))
        throw Abandoned()
      }
      return Block(statements, parser.range(from: opener.range))
    }
  }

  /// The block of a statement, where people leave out braces, start a new line, or write `:`.
  mutating func parseBody(of owner: Token) throws(Abandoned) -> Block {
    if kind == .newline && peek().kind == .leftBrace {
      report(.braceOnNextLine(file, peek(), owner: owner, ownerText: text(owner)))
      advance()
    }
    guard kind == .leftBrace else { throw failMissingBody(of: owner) }
    return try parseBlock()
  }

  mutating func parseStatement(canPipeFromIt: Bool = false) throws(Abandoned) -> Stmt {
    switch kind {
    case .let: try parseLet()
    case .fn: try parseFunctionDeclaration()
    case .for: try parseFor()
    case .while: try parseWhile()
    case .return: try parseReturn()
    case .break: Stmt(.break, advance().range)
    case .continue: Stmt(.continue, advance().range)
    case .try: try parseTry()
    case .import: try parseImport()
    case .else: throw failMisplacedElse()
    case .pipe where canPipeFromIt:
      try parseExpressionStatement(Expr(.name("it"), current.range))
    default: try parseExpressionStatement(nil)
    }
  }

  // MARK: - Bindings

  private mutating func parseLet() throws(Abandoned) -> Stmt {
    let start = advance()
    let pattern = try parsePattern(after: start)
    guard accept(.assign) != nil else { throw failMissingAssign(pattern) }
    let value = try parseExpression()
    return Stmt(.let(pattern, value), range(from: start.range))
  }

  /// `pattern = NAME | "(" NAME { "," NAME } ")"`.
  private mutating func parsePattern(after word: Token) throws(Abandoned) -> Pattern {
    guard let opener = accept(.leftParenthesis) else {
      let name = try parseName(as: .variable(after: text(word)))
      if kind == .comma { throw fail(.unparenthesizedPattern(file, current, word: text(word))) }
      return .name(name)
    }
    if word.kind == .for, let cure = forHeaderCure() { throw fail(cure) }
    let names = try parseList(to: .rightParenthesis, opener: opener) { (parser) throws(Abandoned) in
      try parser.parseName(as: .variable(after: "("))
    }
    let whole = range(from: opener.range)
    if names.isEmpty { throw fail(.emptyPattern(file, whole)) }
    reportRepetition(names)
    return .tuple(names, whole)
  }

  /// A name, or what to say of the token that stands in its place.
  ///
  /// Before a `:` a word of the language names an option or a field as well as any other.
  mutating func parseName(as role: NameRole) throws(Abandoned) -> Name {
    if role.allowsWords && kind.isWord && peek().kind == .colon {
      return Name(text(current), advance().range)
    }
    guard let token = accept(.name) else {
      throw fail(
        kind.isWord
          ? .reservedWord(file, current, role) : .expectedName(file, current, found(current), role))
    }
    return Name(text(token), token.range)
  }

  mutating func reportRepetition(_ names: [Name]) {
    var seen: [String: Name] = [:]
    for name in names where name.text != "_" {
      if let first = seen[name.text] { report(.repeatedName(file, name, first: first)) }
      seen[name.text] = name
    }
  }

  private mutating func parseFunctionDeclaration() throws(Abandoned) -> Stmt {
    let documentation = documentation[position].map { Documentation(lines: $0, in: file) }
    let start = advance()
    if kind == .leftParenthesis { throw fail(.anonymousFn(file, start)) }
    let name = try parseName(as: .function)
    let opener = current
    guard kind == .leftParenthesis else {
      throw fail(.expectedParameters(file, current, found(current), name: name.text))
    }
    let parameters = try parseParameters()
    let parametersRange = range(from: opener.range)
    if let cure = functionBodyCure(name: name.text) { throw fail(cure) }
    let body = try parseBody(of: start)
    let function = Function(
      parameters: parameters, parametersRange: parametersRange, body: body,
      isExpressionBodied: false)
    return Stmt(
      .function(FunctionDeclaration(name: name, function: function, documentation: documentation)),
      range(from: start.range))
  }

  // MARK: - Loops

  private mutating func parseFor() throws(Abandoned) -> Stmt {
    let start = advance()
    let pattern = try parsePattern(after: start)
    guard accept(.in) != nil else { throw failMissingIn(pattern) }
    let sequence = try parseExpression()
    if let cure = colonRangeCure() { throw fail(cure) }
    let body = try parseBody(of: start)
    return Stmt(.for(pattern, sequence: sequence, body: body), range(from: start.range))
  }

  private mutating func parseWhile() throws(Abandoned) -> Stmt {
    let start = advance()
    let condition = try parseCondition()
    let body = try parseBody(of: start)
    return Stmt(.while(condition: condition, body: body), range(from: start.range))
  }

  /// An expression where a lone `=` is surely a comparison.
  mutating func parseCondition() throws(Abandoned) -> Expr {
    let condition = try parseExpression()
    guard kind == .assign else { return condition }
    report(.assignmentInCondition(file, current))
    advance()
    _ = try parseExpression()
    return condition
  }

  private mutating func parseReturn() throws(Abandoned) -> Stmt {
    let start = advance()
    let value = endsStatement ? nil : try parseExpression()
    return Stmt(.return(value), range(from: start.range))
  }

  // MARK: - Errors and modules

  private mutating func parseTry() throws(Abandoned) -> Stmt {
    let start = advance()
    let body = try parseBody(of: start)
    let end = position
    skipNewlines()
    guard accept(.catch) != nil else {
      if kind == .endOfInput { noteMoreInputWouldHelp() } else { position = end }
      throw fail(.tryWithoutCatch(file, start, at: current, found: foundWord))
    }
    if kind == .leftBrace { throw fail(.catchWithoutName(file, current)) }
    let name = try parseName(as: .variable(after: "catch"))
    let handler = try parseBody(of: start)
    return Stmt(.try(body: body, error: name, handler: handler), range(from: start.range))
  }

  private mutating func parseImport() throws(Abandoned) -> Stmt {
    let start = advance()
    let opener = current
    guard kind == .stringStart || kind == .rawString else {
      throw fail(.importWithoutQuotes(file, current, found(current), name: foundWord))
    }
    let parts = kind == .rawString ? [.text(rawText(advance()))] : try parseString()
    guard parts.count == 1, case .text(let path)? = parts.first else {
      throw fail(.importPathNotPlain(file, range(from: opener.range)))
    }
    let pathRange = range(from: opener.range)
    let alias = accept(.as) == nil ? nil : try parseName(as: .variable(after: "as"))
    return Stmt(.import(path: Name(path, pathRange), alias: alias), range(from: start.range))
  }

  // MARK: - Expressions and assignments

  private mutating func parseExpressionStatement(_ piped: Expr?) throws(Abandoned) -> Stmt {
    let start = current
    let value = if let piped { try parsePipes(into: piped) } else { try parseExpression() }
    guard kind == .assign else {
      return Stmt(.expression(value), range(from: start.range))
    }
    let sign = current
    guard let place = place(value) else { throw fail(.notAssignable(file, value, at: sign.range)) }
    advance()
    let newValue = try parseExpression()
    return Stmt(.assign(place, newValue), range(from: start.range))
  }

  /// Reads an expression as the left side of an assignment; nil when it is none.
  private func place(_ expr: Expr) -> Place? {
    var steps: [Place.Step] = []
    var node = expr
    while !node.isParenthesized {
      switch node.kind {
      case .name(let text):
        return Place(base: Name(text, node.range), steps: steps.reversed(), range: expr.range)
      case .field(let base, let name):
        steps.append(.field(name))
        node = base
      case .index(let base, let items, let bracketRange):
        steps.append(.index(items, bracketRange))
        node = base
      default: return nil
      }
    }
    return nil
  }

  var endsStatement: Bool {
    [.newline, .semicolon, .rightBrace, .endOfInput].contains(kind)
  }

  private mutating func endStatement(startedAt start: Int) throws(Abandoned) {
    if !endsStatement { throw failToEndStatement(startedAt: start) }
  }
}
