// Atoms: literals, names, brackets, `if` and `with`.

extension Parser {
  mutating func parseAtom() throws(Abandoned) -> Expr {
    let start = current
    switch kind {
    case .number:
      advance()
      return Expr(.number(numberValue(start)), start.range)
    case .rawString:
      advance()
      let content = rawText(start)
      return Expr(.string(content.isEmpty ? [] : [.text(content)]), start.range)
    case .stringStart:
      let parts = try parseString()
      return Expr(.string(parts), range(from: start.range))
    case .true, .false:
      advance()
      return Expr(.bool(start.kind == .true), start.range)
    case .nil:
      advance()
      return Expr(.nil, start.range)
    case .name:
      if let cure = foreignWordCure() { throw fail(cure) }
      advance()
      if let cure = stringPrefixCure(start) {
        report(cure)
      } else {
        return Expr(.name(text(start)), start.range)
      }
      return try parseAtom()
    case .leftParenthesis: return try parseParenthesized()
    case .leftBracket: return try parseBracketed()
    case .if: return try parseIf()
    case .with: return try parseWith()
    case .invalid:
      advance()
      return Expr(.missing, start.range)
    default: throw failMissingExpression()
    }
  }

  /// A number that the lexer refused has been reported there.
  private func numberValue(_ token: Token) -> Double {
    if case .value(let number) = NumberLiteral.value(of: text(token)) { number } else { 0 }
  }

  // MARK: - Parentheses and records

  private mutating func parseParenthesized() throws(Abandoned) -> Expr {
    let opener = advance()
    if kind == .colon && peek().kind == .rightParenthesis {
      position += 2
      return Expr(.record([]), range(from: opener.range))
    }
    if kind == .rightParenthesis {
      throw fail(.emptyParentheses(file, opener.range.union(current.range)))
    }
    if kind == .range || startsField {
      return try parseRecord(opener)
    }
    let inner = try insideBrackets { (parser) throws(Abandoned) in try parser.parseExpression() }
    if kind == .comma { throw fail(.tuple(file, current)) }
    if kind == .assign { throw fail(.assignmentInParentheses(file, current)) }
    try close(.rightParenthesis, opener: opener)
    var group = inner
    group.range = range(from: opener.range)
    group.isParenthesized = true
    return group
  }

  /// Whether a name and `:` stand here, or what people write for a name.
  private var startsField: Bool {
    if kind == .stringStart {
      return peek().kind == .stringText && peek(2).kind == .stringEnd && peek(3).kind == .colon
    }
    return (kind == .name || kind == .rawString || kind.isWord) && peek().kind == .colon
  }

  /// `"(" field { "," field } ")"`, after the parenthesis.
  private mutating func parseRecord(_ opener: Token) throws(Abandoned) -> Expr {
    let fields = try parseList(to: .rightParenthesis, opener: opener) {
      (parser) throws(Abandoned) in try parser.parseField()
    }
    reportRepetition(fields.compactMap { if case .named(let name, _) = $0 { name } else { nil } })
    return Expr(.record(fields), range(from: opener.range))
  }

  /// `field = NAME ":" expr | ".." post`.
  private mutating func parseField() throws(Abandoned) -> RecordField {
    if accept(.range) != nil { return .splat(try parsePostfix()) }
    if kind == .stringStart || kind == .rawString { throw fail(.quotedField(file, current)) }
    let name = try parseName(as: .field)
    guard accept(.colon) != nil else {
      throw fail(.fieldWithoutValue(file, current, found(current), name: name.text))
    }
    return .named(name, try parseExpression())
  }

  // MARK: - Lists and tensors

  /// `"[" [ row { ";" row } ] "]"`: a `;` makes it a tensor.
  private mutating func parseBracketed() throws(Abandoned) -> Expr {
    let opener = advance()
    let rows = try insideBrackets { (parser) throws(Abandoned) in
      try parser.parseRows(opener: opener)
    }
    let whole = range(from: opener.range)
    return rows.count == 1 ? Expr(.list(rows[0]), whole) : Expr(.tensor(rows), whole)
  }

  private mutating func parseRows(opener: Token) throws(Abandoned) -> [[Expr]] {
    var rows: [[Expr]] = [[]]
    if accept(.rightBracket) != nil { return rows }
    while true {
      if [.newline, .rightBrace, .endOfInput].contains(kind) {
        throw failToClose(.rightBracket, opener: opener)
      }
      rows[rows.count - 1].append(try parseExpression())
      switch kind {
      case .comma:
        advance()
        if kind != .rightBracket { continue }
      case .semicolon:
        advance()
        rows.append([])
        if kind == .rightBracket { throw fail(.emptyRow(file, previous)) }
        continue
      default: break
      }
      if kind == .for { throw fail(.comprehension(file, current)) }
      if kind == .colon { throw fail(.colonRange(file, current)) }
      try close(.rightBracket, opener: opener)
      return rows
    }
  }

  // MARK: - if and with

  private mutating func parseIf() throws(Abandoned) -> Expr {
    let start = current
    var branches: [If.Branch] = []
    repeat {
      let owner = advance()
      let condition = try parseCondition()
      branches.append(If.Branch(condition: condition, body: try parseBody(of: owner)))
      guard accept(.else) != nil else {
        return Expr(.if(If(branches: branches, otherwise: nil)), range(from: start.range))
      }
    } while kind == .if
    let otherwise = try parseBody(of: previous)
    return Expr(.if(If(branches: branches, otherwise: otherwise)), range(from: start.range))
  }

  /// `"with" call block`.
  private mutating func parseWith() throws(Abandoned) -> Expr {
    let start = advance()
    var call = try parseDottedName()
    if kind == .leftParenthesis {
      let opener = current
      let arguments = try parseArguments()
      let whole = range(from: call.range)
      call = Expr(
        .call(
          Call(
            callee: call, arguments: arguments, argumentsRange: range(from: opener.range))), whole)
    }
    let body = try parseBody(of: start)
    return Expr(.with(call, body), range(from: start.range))
  }
}
