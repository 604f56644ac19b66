/// What parsing gives: a tree of all that could be understood, and what could not.
public struct ParseResult: Sendable {
  public let file: SourceFile
  public let program: BlockSyntax
  public let diagnostics: [Diagnostic]
  /// Whether more text could complete the program: the prompt then asks for another line.
  public let isIncomplete: Bool
  /// The cells of a script in the percent format, in order.
  public let cells: [CellSyntax]
}

/// Parses a whole text. Never fails: a statement with a mistake is left out and reported, and parsing
/// goes on behind it.
public func parse(_ file: SourceFile) -> ParseResult {
  if let offset = file.invalidOffset {
    return ParseResult(
      file: file, program: BlockSyntax(statements: [], range: SourceRange(0, 0)),
      diagnostics: [LexerMessages.notUTF8(file, offset: offset)], isIncomplete: false, cells: [])
  }
  var lexer = Lexer(file)
  let tokens = lexer.run()
  var parser = Parser(file, tokens)
  let program = parser.program()
  let diagnostics = (lexer.diagnostics + parser.diagnostics)
    .sorted { ($0.labels.first?.range.start ?? 0) < ($1.labels.first?.range.start ?? 0) }
  // Incomplete only if the very first complaint is about the end of the text.
  let isIncomplete =
    lexer.isUnterminated
    || (lexer.diagnostics.isEmpty && parser.firstFailureIsAtEnd)
  return ParseResult(
    file: file, program: program, diagnostics: diagnostics, isIncomplete: isIncomplete,
    cells: lexer.cells)
}

/// A statement could not be parsed; its diagnostic has been recorded.
struct ParseFailure: Error {}

/// A recursive-descent parser, one function a rule of the grammar.
struct Parser {
  static let depthMax = 200

  let file: SourceFile
  let tokens: [Token]
  var position = 0
  var depth = 0
  var documentation: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var firstFailureIsAtEnd = false

  init(_ file: SourceFile, _ tokens: [Token]) {
    self.file = file
    self.tokens = tokens
  }

  // MARK: - Tokens

  var current: Token { tokens[position] }
  var following: Token { tokens[min(position + 1, tokens.count - 1)] }
  /// The end of the token before the current one.
  var lastEnd: Int { position > 0 ? tokens[position - 1].range.end : 0 }

  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  func isSymbol(_ text: String) -> Bool { current.kind == .symbol(text) }
  func isKeyword(_ word: Keyword) -> Bool { current.kind == .keyword(word) }

  mutating func take(_ text: String) -> Bool {
    guard isSymbol(text) else { return false }
    advance()
    return true
  }

  mutating func take(_ word: Keyword) -> Bool {
    guard isKeyword(word) else { return false }
    advance()
    return true
  }

  mutating func skipNewlines() {
    while true {
      switch current.kind {
      case .newline, .documentation: advance()
      default: return
      }
    }
  }

  mutating func expect(_ text: String, _ wanted: String) throws(ParseFailure) {
    guard take(text) else { throw fail(ParserMessages.expected(file, wanted, at: current)) }
  }

  /// Closes a bracket opened at `open`.
  mutating func close(_ text: String, openedAt open: SourceRange) throws(ParseFailure) {
    if text != "}" { skipNewlinesAtEnd() }
    guard !take(text) else { return }
    throw fail(
      ParserMessages.unclosed(
        file, open, bracket: file.text(open), close: text, at: current))
  }

  /// Inside brackets the lexer drops line breaks, but for those before an unclosed bracket's end.
  private mutating func skipNewlinesAtEnd() {
    while current.kind == .newline, following.kind == .newline || following.kind == .end { advance() }
  }

  mutating func name(_ wanted: String) throws(ParseFailure) -> NameSyntax {
    switch current.kind {
    case .name(let text):
      let name = NameSyntax(text, current.range)
      advance()
      return name
    case .keyword(let word):
      throw fail(ParserMessages.keywordAsName(file, current.range, word.rawValue))
    default: throw fail(ParserMessages.expected(file, wanted, at: current))
    }
  }

  /// Records a diagnostic, unless the lexer has already complained about this token.
  mutating func fail(_ diagnostic: Diagnostic) -> ParseFailure {
    if current.kind == .invalid { return ParseFailure() }
    if diagnostics.isEmpty { firstFailureIsAtEnd = restIsEmpty }
    diagnostics.append(diagnostic)
    return ParseFailure()
  }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.isEmpty { firstFailureIsAtEnd = false }
    diagnostics.append(diagnostic)
  }

  private var restIsEmpty: Bool {
    tokens[position...].allSatisfy { token in
      switch token.kind {
      case .newline, .end, .documentation: true
      default: false
      }
    }
  }

  // MARK: - Programs and blocks

  mutating func program() -> BlockSyntax {
    var statements = [StatementSyntax]()
    while true {
      statements += statementList(until: nil)
      guard current.kind != .end else { break }
      report(ParserMessages.strayClose(file, current.range, file.text(current.range)))
      advance()
    }
    if !documentation.isEmpty, diagnostics.isEmpty {
      // `##` lines at the very end document a function that is still to come.
      firstFailureIsAtEnd = true
    }
    return BlockSyntax(statements: statements, range: SourceRange(0, file.bytes.count))
  }

  mutating func block() throws(ParseFailure) -> BlockSyntax {
    let open = current.range
    if isSymbol(":") { throw fail(ParserMessages.colonBlock(file, open)) }
    try expect("{", "{ to begin a block")
    try enter()
    defer { depth -= 1 }
    let statements = statementList(until: "}")
    try close("}", openedAt: open)
    return BlockSyntax(statements: statements, range: SourceRange(open.start, lastEnd))
  }

  mutating func enter() throws(ParseFailure) {
    guard depth < Self.depthMax else { throw fail(ParserMessages.tooDeep(file, current.range)) }
    depth += 1
  }

  /// Statements up to a closing brace or the end; a bad one is skipped to the end of its line.
  private mutating func statementList(until close: String?) -> [StatementSyntax] {
    var statements = [StatementSyntax]()
    while true {
      skipSeparators()
      if current.kind == .end || isSymbol("}") { return statements }
      let start = position
      let depthBefore = depth
      do throws(ParseFailure) {
        var statement = try statement()
        statement.isSilenced = isSymbol(";")
        try endOfStatement()
        statements.append(statement)
      } catch {
        depth = depthBefore
        recover(from: start)
      }
      documentation = []
    }
  }

  private mutating func skipSeparators() {
    while true {
      switch current.kind {
      case .newline, .symbol(";"): advance()
      case .documentation(let line):
        documentation.append(line)
        advance()
      default: return
      }
    }
  }

  private mutating func endOfStatement() throws(ParseFailure) {
    switch current.kind {
    case .newline, .end, .symbol(";"), .symbol("}"), .documentation: return
    case .symbol("="): throw fail(ParserMessages.badPlace(file, current.range))
    case .keyword(.else): throw fail(ParserMessages.expected(file, "a new line", at: current))
    default:
      if case .name(let text)? = (position > 0 ? tokens[position - 1].kind : nil),
        let diagnostic = ForeignWords.statement(
          file, NameSyntax(text, tokens[position - 1].range), following: current)
      {
        throw fail(diagnostic)
      }
      throw fail(ParserMessages.expected(file, "a new line or ;", at: current))
    }
  }

  /// Skips to the end of the line, over whole bracketed parts that begin on it.
  private mutating func recover(from start: Int) {
    if position == start, current.kind != .end { advance() }
    var nested = 0
    while true {
      switch current.kind {
      case .end: return
      case .symbol("{"), .symbol("("), .symbol("["): nested += 1
      case .symbol("}") where nested == 0: return
      case .symbol("}"), .symbol(")"), .symbol("]"): nested = max(0, nested - 1)
      case .newline, .symbol(";"):
        if nested == 0 { return }
      default: break
      }
      advance()
    }
  }
}
