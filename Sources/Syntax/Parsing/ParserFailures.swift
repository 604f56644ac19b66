// What to say when the next token does not fit. The grammar files ask; here the neighbourhood is
// looked at, because `x = [1 2]`, `if x:` and `f(1` deserve three different answers.

extension Parser {
  /// A token in words: "`in`", "a string", "the end of the line".
  func found(_ token: Token) -> String {
    switch token.kind {
    case .newline, .endOfInput: token.kind.rawValue
    case .stringStart, .rawString, .invalid: "a string"
    case .interpolationEnd: "`}`"
    case .stringEnd, .stringText, .format: "the end of the interpolation"
    case .name, .number: "`\(text(token))`"
    default: "`\(token.kind.rawValue)`"
    }
  }

  /// The name that stands here; nil when none does.
  var foundWord: String? { kind == .name ? text(current) : nil }

  private func isWord(_ token: Token, _ words: [String]) -> Bool {
    token.kind == .name && words.contains(text(token))
  }

  // MARK: - Expressions

  mutating func failMissingExpression() -> Abandoned {
    let token = current
    switch kind {
    case .leftBrace: return fail(.braceAsValue(file, token))
    case .fn: return fail(.anonymousFn(file, token))
    case .plus: return fail(.unaryPlus(file, token))
    case .rightParenthesis, .rightBracket, .rightBrace:
      if !previous.kind.continuesLine && partners.firstIndex(of: position) == nil {
        return failStray(token)
      }
    case .for, .while, .let, .return, .break, .continue, .try, .import:
      if previous.kind.continuesLine || previous.kind == .leftParenthesis {
        return fail(.statementAsValue(file, token, text(token)))
      }
    case .pipe: return fail(.pipeFromNothing(file, token))
    case .catch: return fail(.strayWord(file, token, "catch", after: "the `}` of a `try` block"))
    default: break
    }
    let isAfterOperator = previous.kind.continuesLine && position > 0
    return fail(
      .expected(
        file, token, found(token),
        isAfterOperator ? "a value after `\(text(previous))`" : "an expression"))
  }

  /// A closing bracket that nothing opened.
  private mutating func failStray(_ token: Token) -> Abandoned {
    let abandoned = fail(.strayCloser(file, token, token.kind.rawValue))
    advance()
    return abandoned
  }

  /// Words of other languages, where what follows shows that no variable is meant.
  func foreignWordCure() -> Diagnostic? {
    let word = text(current)
    guard let cure = ForeignWords.cure(for: word) else { return nil }
    let next = peek()
    let isAnonymousFunction =
      next.kind == .leftParenthesis && partners[position + 1] > 0
      && tokens[min(partners[position + 1] + 1, tokens.count - 1)].kind == .leftBrace
    let isFollowedByOperand =
      [.name, .number, .stringStart, .rawString, .colon, .true, .false, .nil, .leftBrace, .if]
      .contains(next.kind)
    guard isFollowedByOperand || isAnonymousFunction else { return nil }
    if next.kind == .leftBrace && !position.isStartOfStatement(in: tokens) { return nil }
    return .foreignWord(file, current, word, cure: cure)
  }

  /// `f"..."`: in ccv every double-quoted string interpolates.
  func stringPrefixCure(_ name: Token) -> Diagnostic? {
    guard kind == .stringStart || kind == .rawString, current.range.start == name.range.end,
      ["f", "r", "b", "u", "fr", "rf", "raw", "L"].contains(text(name))
    else { return nil }
    return .stringPrefix(file, name, text(name))
  }

  /// `=> { a: 1 }` looks like a block and is meant as a record.
  func recordInBracesCure() -> Diagnostic? {
    guard kind == .leftBrace && peek(2).kind == .colon else { return nil }
    return [.name, .stringStart, .rawString].contains(peek().kind)
      ? .braceAsValue(file, current) : nil
  }

  // MARK: - Pipes

  mutating func failPipeTarget() -> Abandoned {
    let isFunction = kind == .leftParenthesis || kind == .name
    return fail(.pipeTarget(file, current, found(current), isFunction: isFunction))
  }

  /// What follows a pipe's call cannot reach into its result.
  func afterPipeCure() -> Diagnostic? {
    switch kind {
    case .dot, .leftBracket, .leftParenthesis, .plus, .minus, .star, .slash, .at, .caret, .equal,
      .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .div, .mod, .range,
      .halfOpenRange:
      .operatorAfterPipe(file, current, found(current))
    default: nil
    }
  }

  // MARK: - Brackets

  mutating func failToClose(_ closer: Token.Kind, opener: Token) -> Abandoned {
    let token = current
    let isList = opener.kind == .leftBracket
    switch kind {
    case .assign: return fail(.assignmentInParentheses(file, token))
    case .colon: return fail(isList ? .colonRange(file, token) : .strayColon(file, token))
    case .for: return fail(.comprehension(file, token))
    case .fatArrow: return fail(.arrowAfterExpression(file, token))
    case .rightBrace, .rightBracket, .rightParenthesis, .newline, .endOfInput, .interpolationEnd,
      .stringEnd, .semicolon:
      // A string that is not closed has swallowed the closing bracket, and has been told.
      if lastOnLine.kind == .invalid { return Abandoned() }
      return fail(.unclosedBracket(file, opener, after: lastOnLine))
    default: break
    }
    if token.kind == .if && previous.kind.endsValue { return fail(.ternary(file, token)) }
    if token.kind.startsExpression && !isClosed(opener, by: closer) {
      return fail(.unclosedBracket(file, opener, after: lastOnLine))
    }
    if token.kind.startsExpression && previous.kind.endsValue {
      return fail(.missingComma(file, after: previous, isList: isList))
    }
    return fail(
      .expected(file, token, found(token), "`,` or `\(closer.rawValue)`", opener: opener))
  }

  /// The last token before the cursor that is not a line end.
  var lastOnLine: Token {
    tokens[..<max(position, 1)].last { $0.kind != .newline } ?? previous
  }

  private func isClosed(_ opener: Token, by closer: Token.Kind) -> Bool {
    tokens.firstIndex(of: opener).map { tokens[partners[$0]].kind == closer } ?? false
  }

  // MARK: - Blocks

  mutating func failMissingBody(of owner: Token) -> Abandoned {
    let word = text(owner)
    if kind == .colon { return fail(.colonBlock(file, current, owner: word)) }
    if isWord(current, ["then", "do", "begin"]) {
      return fail(.foreignWord(file, current, text(current), cure: "`\(word) ... { ... }`."))
    }
    if owner.kind == .for && kind == .semicolon { return fail(.loopWithSemicolons(file, current)) }
    return fail(.missingBody(file, current, found(current), owner: owner, ownerText: word))
  }

  mutating func failMisplacedElse() -> Abandoned {
    let token = current
    let isAfterBlock =
      position > 1
      && tokens[..<position].last { $0.kind != .newline }?.kind
        == .rightBrace
    if peek().kind == .colon { return fail(.colonBlock(file, peek(), owner: "else")) }
    return fail(.misplacedElse(file, token, isAfterBlock: isAfterBlock))
  }

  // MARK: - Headers

  mutating func failMissingAssign(_ pattern: Pattern) -> Abandoned {
    if kind == .colon { return fail(.typeAnnotation(file, current, name: pattern.names[0].text)) }
    if kind == .equal { return fail(.comparisonInLet(file, current)) }
    return fail(
      .expected(
        file, current, found(current), "`=` and a value after `let \(patternText(pattern))`"))
  }

  private func patternText(_ pattern: Pattern) -> String { file.text(of: pattern.range) }

  mutating func failMissingIn(_ pattern: Pattern) -> Abandoned {
    if kind == .assign { return fail(.loopWithEquals(file, current)) }
    if isWord(current, ["of"]) {
      return fail(.foreignWord(file, current, "of", cure: "`for x in xs { ... }`."))
    }
    return fail(
      .expected(file, current, found(current), "`in` after `for \(patternText(pattern))`"))
  }

  /// `for (let i = 0; ...)` and `for (x in xs)`.
  func forHeaderCure() -> Diagnostic? {
    switch (kind, peek().kind) {
    case (.let, _), (.name, .assign), (.name, .name): .loopWithSemicolons(file, current)
    case (.name, .in): .loopInParentheses(file, previous, name: text(current))
    default: nil
    }
  }

  /// `1:10` after `in`.
  func colonRangeCure() -> Diagnostic? {
    guard kind == .colon && peek().kind.startsExpression && peek().kind != .if else { return nil }
    return .colonRange(file, current)
  }

  /// `fn f(x) = ...`, `fn f(x) => ...`, `fn f(x) -> T {`.
  func functionBodyCure(name: String) -> Diagnostic? {
    switch kind {
    case .assign, .fatArrow: .functionBody(file, current, text(current), name: name)
    case .thinArrow: .returnType(file, current, name: name)
    default: nil
    }
  }

  // MARK: - Ends of statements

  mutating func failToEndStatement(startedAt start: Int) -> Abandoned {
    let token = current
    let first = tokens[start]
    switch kind {
    case .rightParenthesis, .rightBracket: return failStray(token)
    case .colon: return failAtColon(first)
    case .comma: return fail(.bareTuple(file, token))
    case .else: return failMisplacedElse()
    case .if where previous.kind.endsValue && previous.kind != .rightBrace:
      return fail(.ternary(file, token))
    case .not where peek().kind == .in: return fail(.notIn(file, token))
    case .fatArrow, .thinArrow: return fail(.arrowAfterExpression(file, token))
    case .by:
      return fail(.strayWord(file, token, "by", after: "the end of a range, as in `0..10 by 2`"))
    case .in: return fail(.strayWord(file, token, "in", after: "the name of a `for`"))
    case .catch: return fail(.strayWord(file, token, "catch", after: "the `}` of a `try` block"))
    case .leftBrace: return fail(.strayBrace(file, token))
    case .assign: return fail(.assignmentAsValue(file, token))
    default: return failAtOperand(first, startedAt: start)
    }
  }

  private mutating func failAtColon(_ first: Token) -> Abandoned {
    if isWord(first, ["class", "def", "elif", "except", "finally", "switch", "case", "match"]) {
      return fail(.colonBlock(file, current, owner: text(first)))
    }
    return fail(.strayColon(file, current))
  }

  private mutating func failAtOperand(_ first: Token, startedAt start: Int) -> Abandoned {
    let token = current
    for word in [token, previous] where word.kind == .name {
      if let cure = ForeignWords.cure(for: text(word)) {
        return fail(.foreignWord(file, word, text(word), cure: cure))
      }
    }
    if previous.kind == .number && token.kind == .name && touches(token) {
      return fail(.missingOperator(file, token))
    }
    if position == start + 1 && first.kind == .name && token.kind.startsExpression {
      return fail(.callWithoutParentheses(file, first, token, name: text(first)))
    }
    let isText = token.kind == .rawString && previous.kind == .rawString
    if isText, previous.range.end == token.range.start { return fail(.tripleQuotes(file, token)) }
    return fail(.missingSeparator(file, token, found(token)))
  }

  private func touches(_ token: Token) -> Bool { previous.range.end == token.range.start }
}

extension Int {
  /// Whether the token with this index is the first of its statement.
  fileprivate func isStartOfStatement(in tokens: [Token]) -> Bool {
    self == 0
      || [.newline, .semicolon, .leftBrace, .rightBrace].contains(tokens[self - 1].kind)
  }
}
