// Calls, indices and fields: what can follow a value.

extension Parser {
  /// `post = atom { "(" args ")" | "[" index { "," index } "]" | "." NAME }`.
  mutating func parsePostfix() throws(Abandoned) -> Expr {
    var value = try parseAtom()
    while true {
      switch kind {
      case .leftParenthesis:
        let opener = current
        let arguments = try parseArguments()
        let call = Call(
          callee: value, arguments: arguments, argumentsRange: range(from: opener.range))
        value = Expr(.call(call), range(from: value.range))
      case .leftBracket:
        let opener = advance()
        let items = try parseIndexItems(opener: opener)
        let bracketRange = range(from: opener.range)
        value = Expr(
          .index(value, items, bracketRange: bracketRange), range(from: value.range))
      case .dot:
        advance()
        if kind == .number { throw fail(.numberedField(file, current, text(current))) }
        let name = try parseName(as: .field)
        value = Expr(.field(value, name), range(from: value.range))
      default: return value
      }
      try checkHeight(value)
    }
  }

  // MARK: - Arguments

  /// `"(" args ")"`, the parentheses included.
  mutating func parseArguments() throws(Abandoned) -> [Argument] {
    let opener = advance()
    let arguments = try parseList(to: .rightParenthesis, opener: opener) {
      (parser) throws(Abandoned) in try parser.parseArgument()
    }
    reportRepetition(
      arguments.compactMap { if case .named(let name) = $0.kind { name } else { nil } })
    return arguments
  }

  /// `arg = expr | NAME ":" expr | ".." post`.
  private mutating func parseArgument() throws(Abandoned) -> Argument {
    let start = current
    if kind == .range {
      advance()
      let value = try parsePostfix()
      return Argument(kind: .splat, value: value, range: range(from: start.range))
    }
    if kind == .ellipsis || kind == .star {
      throw fail(.foreignSplat(file, current, text(current)))
    }
    let isNamed =
      (kind == .name || kind.isWord) && peek().kind == .colon
      || kind == .name && peek().kind == .assign
    guard isNamed else {
      let value = try parseExpression()
      return Argument(kind: .positional, value: value, range: value.range)
    }
    let name = try parseName(as: .option)
    if kind == .assign { report(.optionWithEquals(file, current, name: name.text)) }
    advance()
    let value = try parseExpression()
    return Argument(kind: .named(name), value: value, range: range(from: start.range))
  }

  // MARK: - Indices

  private mutating func parseIndexItems(opener: Token) throws(Abandoned) -> [IndexItem] {
    if kind == .rightBracket { throw fail(.emptyIndex(file, opener.range.union(current.range))) }
    return try parseList(to: .rightBracket, opener: opener) { (parser) throws(Abandoned) in
      let item = try parser.parseIndexItem()
      if parser.kind == .colon { throw parser.fail(.colonSlice(parser.file, parser.current)) }
      return item
    }
  }

  /// `index = expr | ":" | "..." | [ sum ] ( ".." | "..<" ) [ sum ]`.
  private mutating func parseIndexItem() throws(Abandoned) -> IndexItem {
    let start = current
    switch kind {
    case .colon:
      advance()
      if kind.startsExpression { throw fail(.colonSlice(file, start)) }
      return .all(start.range)
    case .ellipsis:
      advance()
      return .rest(start.range)
    case .range, .halfOpenRange:
      advance()
      let isOpen = kind == .rightBracket || kind == .comma
      let upper = isOpen ? nil : try parseSum()
      return .slice(
        lower: nil, upper: upper, isClosed: start.kind == .range, range(from: start.range))
    default: return try parseIndexExpression()
    }
  }

  private mutating func parseIndexExpression() throws(Abandoned) -> IndexItem {
    let openBefore = openRangeCount
    allowsOpenRange = true
    defer { allowsOpenRange = false }
    let value = try parseExpression()
    let hasOpenRange = openRangeCount != openBefore
    if case .range(let lower, let upper, nil, let isClosed) = value.kind, !value.isParenthesized {
      let isOpen = if case .missing = upper.kind { true } else { false }
      if openRangeCount == openBefore + (isOpen ? 1 : 0) {
        openRangeCount = openBefore
        return .slice(
          lower: lower, upper: isOpen ? nil : upper, isClosed: isClosed, value.range)
      }
    }
    if hasOpenRange { throw fail(.misplacedOpenRange(file, value.range)) }
    return .value(value)
  }
}
