// One style for programs, without options. Line breaks are the author's, except where a line is too
// long; blanks, indentation and empty lines are the formatter's. No token is changed or moved.

/// A program in the one style, or why it has none.
public struct Formatted: Sendable {
  /// The text, which ends with a line end unless it is empty.
  public var text: String

  /// The mistakes of a program that cannot be formatted: then `text` is as it was.
  public var diagnostics: [Diagnostic]
}

/// Columns that a line may have where there is a place to break it.
private let columnsMax = 100

/// Returns a program in the one style: two blanks a level, blanks around operators, at most one empty
/// line in a row, lines of at most 100 columns where they can be broken at a block, a `|>` or a comma.
///
/// Comments, strings and numbers stay as they are, byte by byte; formatting twice changes nothing more.
public func formatted(_ file: SourceFile) -> Formatted {
  let parsed = parse(file)
  let mistakes = parsed.diagnostics.filter(\.isError)
  guard mistakes.isEmpty else { return Formatted(text: file.text, diagnostics: mistakes) }
  var layout = FormattedLayout(atoms(of: file), columnsMax: columnsMax)
  let text = layout.text()
  let again = parse(SourceFile(name: file.name, text: text))
  precondition(
    again.program.dump() == parsed.program.dump(),
    "formatting \(file.name) would change its meaning")
  return Formatted(text: text, diagnostics: [])
}

/// What the formatter moves: a token, a whole string or a comment.
struct Atom {
  /// Of its first token.
  var kind: Token.Kind
  var text: String
  /// Line breaks between the atom before it and this one in the source.
  var breaksBefore: Int
  /// Whether the break before it ends a statement.
  var startsStatement: Bool
  /// Where it begins in its line, in columns from 0.
  var column: Int

  var isComment: Bool { kind.isComment }
  var isOpener: Bool { kind == .leftParenthesis || kind == .leftBracket || kind == .leftBrace }
  var isCloser: Bool { kind == .rightParenthesis || kind == .rightBracket || kind == .rightBrace }

  /// Whether a value can end with it.
  var endsValue: Bool { kind == .stringStart || kind.endsValue }
}

/// The atoms of a sound program; a string with its interpolations is one.
private func atoms(of file: SourceFile) -> [Atom] {
  var lexer = Lexer(file)
  lexer.run()
  var atoms: [Atom] = [], startsStatement = true, end = 0
  var index = 0
  while index < lexer.tokens.count, lexer.tokens[index].kind != .endOfInput {
    let token = lexer.tokens[index]
    if token.kind == .newline {
      startsStatement = true
      index += 1
      continue
    }
    let last = token.kind == .stringStart ? stringEnd(lexer.tokens, from: index) : index
    let range = SourceRange(start: token.range.start, end: lexer.tokens[last].range.end)
    atoms.append(
      Atom(
        kind: token.kind, text: text(of: range, token.kind, in: file),
        breaksBefore: atoms.isEmpty ? 0 : file.line(at: range.start) - file.line(at: end),
        startsStatement: startsStatement, column: column(of: range.start, in: file)))
    if !token.kind.isComment { startsStatement = token.kind == .semicolon }
    end = max(range.start, range.end - 1)
    index = last + 1
  }
  return atoms
}

private func text(of range: SourceRange, _ kind: Token.Kind, in file: SourceFile) -> String {
  let text = file.text(of: range)
  guard kind.isComment else { return text }
  return String(text.reversed().drop { $0.isWhitespace }.reversed())
}

private func column(of offset: Int, in file: SourceFile) -> Int {
  let start = file.lineStarts[file.line(at: offset) - 1]
  return displayWidth(of: file.text(of: SourceRange(start: start, end: offset)))
}

private func stringEnd(_ tokens: [Token], from start: Int) -> Int {
  var depth = 0
  for index in start..<tokens.count {
    if tokens[index].kind == .stringStart { depth += 1 }
    if tokens[index].kind == .stringEnd { depth -= 1 }
    if depth == 0 { return index }
  }
  preconditionFailure("a sound program closes its strings")
}
