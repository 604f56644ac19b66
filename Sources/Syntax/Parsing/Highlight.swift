// Tokens for faces that colour source text: the prompt and the notebook.

extension Token {
  /// What a token is to the eye.
  public enum Category: String, Sendable, CaseIterable {
    /// A reserved word.
    case keyword
    /// A name.
    case name
    /// A name that is called, or defined by `fn`.
    case function
    /// The name of an option, a parameter's or a field's, before its `:`.
    case label
    /// A number with its suffix.
    case number
    /// Text of a string, quotes included.
    case string
    /// The braces and the format of an interpolation.
    case interpolation
    /// A sign that computes.
    case `operator`
    /// Brackets and separators.
    case punctuation
    /// A comment.
    case comment
    /// `##` lines and cell markers.
    case documentation
    /// A string that is not closed, or another text that the lexer refused.
    case invalid
  }
}

/// A token with what it is to the eye.
public struct ColoredToken: Sendable, Hashable {
  /// The token.
  public var token: Token

  /// What it is to the eye.
  public var category: Token.Category
}

/// Returns the tokens of a source in order, comments included, line ends and the end of the input
/// left out.
///
/// Any text has tokens; one that is not UTF-8 has none.
public func tokens(in file: SourceFile) -> [Token] {
  guard refusal(of: file) == nil else { return [] }
  var lexer = Lexer(file)
  lexer.run()
  return lexer.tokens.filter { $0.kind != .newline && $0.kind != .endOfInput }
}

/// Returns the tokens of a source with what each is to the eye.
public func coloredTokens(in file: SourceFile) -> [ColoredToken] {
  let all = tokens(in: file)
  return all.indices.map { index in
    let category =
      all[index].kind == .name
      ? nameCategory(all, index) : category(of: all[index].kind)
    return ColoredToken(token: all[index], category: category)
  }
}

private func nameCategory(_ tokens: [Token], _ index: Int) -> Token.Category {
  let before = index > 0 ? tokens[index - 1].kind : .newline
  let after = index + 1 < tokens.count ? tokens[index + 1].kind : .newline
  let isFormatted = index + 2 < tokens.count && tokens[index + 2].kind == .format
  if after == .colon && !isFormatted { return .label }
  return after == .leftParenthesis || before == .fn || before == .pipe ? .function : .name
}

private func category(of kind: Token.Kind) -> Token.Category {
  switch kind {
  case .name: .name
  case .number: .number
  case .rawString, .stringStart, .stringText, .stringEnd: .string
  case .interpolationStart, .interpolationEnd, .format: .interpolation
  case .comment: .comment
  case .documentation, .cellMarker: .documentation
  case .invalid: .invalid
  case .leftParenthesis, .rightParenthesis, .leftBracket, .rightBracket, .leftBrace, .rightBrace,
    .comma, .semicolon, .colon, .dot, .newline, .endOfInput:
    .punctuation
  default: kind.isWord ? .keyword : .operator
  }
}
