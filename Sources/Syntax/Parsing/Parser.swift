// Tokens to tree by recursive descent, one function per rule of the grammar. A mistake is reported
// where it is found; what cannot go on is abandoned up to the next statement, so that independent
// mistakes are reported together.

/// Parses a source; never fails, whatever the bytes are.
public func parse(_ file: SourceFile) -> ParseResult {
  if let refusal = refusal(of: file) {
    let empty = Program(statements: [], cells: [], endsWithSemicolon: false, range: file.fullRange)
    return ParseResult(file: file, program: empty, diagnostics: [refusal], isIncomplete: false)
  }
  var lexer = Lexer(file)
  lexer.run()
  var parser = Parser(lexer)
  let program = parser.parseProgram(cells: cells(in: lexer.tokens, of: file))
  return ParseResult(
    file: file, program: program, diagnostics: merged(lexer.diagnostics, parser.diagnostics),
    isIncomplete: isIncomplete(lexer, parser))
}

/// Source texts are written by hand; data belongs into data files.
private let sourceLimitBytes = 64 << 20

/// Why a text cannot even be lexed; nil when it can.
func refusal(of file: SourceFile) -> Diagnostic? {
  if file.bytes.count > sourceLimitBytes {
    return .sourceTooLong(file, limit: sourceLimitBytes)
  }
  return file.firstInvalidOffset.map { .notUTF8(file, at: $0) }
}

private func isIncomplete(_ lexer: Lexer, _ parser: Parser) -> Bool {
  if lexer.endsInMultilineString { return parser.diagnostics.isEmpty }
  guard lexer.diagnostics.isEmpty else { return false }
  return parser.diagnostics.isEmpty ? parser.endsInDocumentation : parser.failedForMoreInput
}

/// Both lists in source order.
///
/// After a lexer error the rest of that line is read with a repaired token, and what the parser
/// says of it is more often echo than news.
private func merged(_ lexer: [Diagnostic], _ parser: [Diagnostic]) -> [Diagnostic] {
  func start(_ diagnostic: Diagnostic) -> Int { diagnostic.primary?.range.start ?? 0 }
  func line(_ diagnostic: Diagnostic) -> Int? {
    diagnostic.primary.map { $0.file.line(at: $0.range.start) }
  }
  var firstOnLine: [Int: Int] = [:]
  for diagnostic in lexer {
    guard let line = line(diagnostic) else { continue }
    firstOnLine[line] = min(firstOnLine[line] ?? Int.max, start(diagnostic))
  }
  let news = parser.filter { start($0) < firstOnLine[line($0) ?? 0] ?? Int.max }
  return (lexer + news).sorted { start($0) < start($1) }
}

/// The state of one parse.
struct Parser {
  /// Thrown after a report: the statement cannot go on.
  struct Abandoned: Error {}

  /// How deep brackets, blocks and prefix operators may nest.
  ///
  /// A level costs up to 8 kB of stack in a debug build; people stay under 20.
  static let nestingLimit = 100
  /// More mistakes than anyone reads at once.
  static let diagnosticLimit = 100

  let file: SourceFile
  /// All but comments.
  let tokens: [Token]
  /// For each opening parenthesis the index of its partner, else 0.
  let partners: [Int]
  /// Documentation above the token with this index.
  let documentation: [Int: [Token]]
  let cellStarts: [Int]
  let endContinues: Bool

  var position = 0
  var diagnostics: [Diagnostic] = []
  var nesting = 0
  /// Whether the rest of the input is skipped in silence.
  var isHalted = false
  /// Whether the first mistake is that the input ends, where more lines would go on.
  var failedForMoreInput = false
  /// How many ranges without an upper end were read; an index looks for its own.
  var openRangeCount = 0
  var allowsOpenRange = false

  init(_ lexer: Lexer) {
    file = lexer.file
    tokens = Self.withEndAfterLastToken(lexer.tokens.filter { !$0.kind.isComment })
    partners = Self.partners(in: tokens)
    documentation = attachDocumentation(lexer.tokens, in: lexer.file)
    cellStarts = lexer.tokens.filter { $0.kind == .cellMarker }.map(\.range.start)
    endContinues = lexer.endContinues
  }

  /// Whether the input ends with `##` lines that wait for their `fn`.
  var endsInDocumentation: Bool { documentation[tokens.count - 1] != nil }

  /// What is missing at the end is missing after the last word, not below the last line.
  private static func withEndAfterLastToken(_ tokens: [Token]) -> [Token] {
    guard let last = tokens.last(where: { $0.kind != .newline && $0.kind != .endOfInput }) else {
      return tokens
    }
    return tokens.dropLast() + [Token(.endOfInput, last.range.endPoint)]
  }

  private static func partners(in tokens: [Token]) -> [Int] {
    var result = [Int](repeating: 0, count: tokens.count)
    var open: [Int] = []
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .leftParenthesis, .leftBracket, .leftBrace, .interpolationStart: open.append(index)
      case .rightParenthesis, .rightBracket, .rightBrace, .interpolationEnd:
        if let opener = open.popLast() { result[opener] = index }
      default: break
      }
    }
    return result
  }

  // MARK: - Tokens

  var current: Token { tokens[position] }
  var kind: Token.Kind { tokens[position].kind }

  /// The token `distance` further on; the end of the input past the last.
  func peek(_ distance: Int = 1) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  /// The token before the current one; the current one at the start.
  var previous: Token { tokens[max(position - 1, 0)] }

  /// Takes the current token; the end of the input is never passed.
  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  /// Takes the current token when it is of this kind.
  mutating func accept(_ kind: Token.Kind) -> Token? {
    self.kind == kind ? advance() : nil
  }

  mutating func skipNewlines() {
    while kind == .newline { advance() }
  }

  func text(_ token: Token) -> String { file.text(of: token.range) }

  /// From the start of a node to the end of the last token taken.
  func range(from start: SourceRange) -> SourceRange {
    SourceRange(start: start.start, end: max(start.end, previous.range.end))
  }

  // MARK: - Mistakes

  /// Notes a mistake and goes on.
  mutating func report(_ diagnostic: Diagnostic) {
    guard !isHalted else { return }
    guard diagnostics.count < Self.diagnosticLimit else { return halt() }
    diagnostics.append(diagnostic)
  }

  /// Notes a mistake and gives up the statement.
  ///
  /// An `.invalid` token was reported by the lexer.
  mutating func fail(_ diagnostic: Diagnostic) -> Abandoned {
    if kind == .invalid { return Abandoned() }
    if kind == .endOfInput && endContinues { noteMoreInputWouldHelp() }
    report(diagnostic)
    return Abandoned()
  }

  mutating func noteMoreInputWouldHelp() {
    if diagnostics.isEmpty { failedForMoreInput = true }
  }

  /// Ends the parse: nothing after this place would be told apart from echo.
  mutating func halt() {
    isHalted = true
    position = tokens.count - 1
  }

  mutating func enter() throws(Abandoned) {
    nesting += 1
    if nesting > Self.nestingLimit { throw failTooDeep() }
  }

  /// Chains such as `a + b + ...` nest to the left without recursion; walks of the tree recurse.
  mutating func checkHeight(_ expr: Expr) throws(Abandoned) {
    if expr.height > Expr.heightLimit - 4 * Self.nestingLimit { throw failTooDeep() }
  }

  private mutating func failTooDeep() -> Abandoned {
    report(.tooDeep(file, current.range, limit: Self.nestingLimit))
    halt()
    return Abandoned()
  }

  /// Skips to the end of the statement, reading the blocks of a broken `for` or `fn` for mistakes.
  mutating func recover(from start: Int) {
    let ownsBlocks = [.for, .while, .fn, .try, .if, .with, .else].contains(tokens[start].kind)
    while true {
      switch kind {
      case .endOfInput, .newline, .semicolon, .rightBrace: return
      case .leftBrace:
        let isBlock = ownsBlocks && peek().kind == .newline && nesting < Self.nestingLimit
        if !isBlock || (try? parseBlock()) == nil { skipBraces() }
      default: advance()
      }
    }
  }

  private mutating func skipBraces() {
    var depth = 0
    repeat {
      if kind == .leftBrace { depth += 1 }
      if kind == .rightBrace { depth -= 1 }
      advance()
    } while depth > 0 && kind != .endOfInput
  }

  // MARK: - Brackets and lists

  /// Parses what stands between brackets; ranges inside it need both ends again.
  mutating func insideBrackets<T>(
    _ body: (inout Parser) throws(Abandoned) -> T
  ) throws(Abandoned) -> T {
    let outer = allowsOpenRange
    allowsOpenRange = false
    defer { allowsOpenRange = outer }
    return try body(&self)
  }

  /// Parses `item { "," item } [ "," ]` up to a closing bracket, which is taken.
  mutating func parseList<T>(
    to closer: Token.Kind, opener: Token, _ item: (inout Parser) throws(Abandoned) -> T
  ) throws(Abandoned) -> [T] {
    try insideBrackets { (parser) throws(Abandoned) in
      var items: [T] = []
      while parser.kind != closer {
        if [.newline, .rightBrace, .endOfInput].contains(parser.kind) { break }
        items.append(try item(&parser))
        if parser.accept(.comma) == nil { break }
      }
      try parser.close(closer, opener: opener)
      return items
    }
  }

  /// Takes a closing bracket, or says what stands in its place.
  mutating func close(_ closer: Token.Kind, opener: Token) throws(Abandoned) {
    if accept(closer) != nil { return }
    throw failToClose(closer, opener: opener)
  }
}
