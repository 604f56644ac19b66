// Brackets, operators and every character that has no place in a program. Signs of other languages
// are named with their cure and, where the meaning is plain, read as ccv's own sign, so that one
// habit does not hide the next mistake.

extension Lexer {
  mutating func lexSign() {
    switch byte() {
    case Ascii.leftParenthesis: return open(.leftParenthesis, .parenthesis)
    case 0x5B: return open(.leftBracket, .bracket)
    case Ascii.leftBrace: return open(.leftBrace, .brace)
    case 0x29: return close(.rightParenthesis, .parenthesis)
    case 0x5D: return close(.rightBracket, .bracket)
    case Ascii.rightBrace: return lexRightBrace()
    case Ascii.colon where isInInterpolation: return lexFormatColon()
    case Ascii.dot where Ascii.isDigit(byte(1)) && !(lastKind?.endsValue ?? false):
      return lexBareFraction()
    case Ascii.percent where isAtLineStart: return lexForeignComment()
    default: break
    }
    let sign = Self.signs[byte()]?.first { stands($0.rawValue) }
    if lexForeignSign(longerThan: sign?.rawValue.utf8.count ?? 0) { return }
    let start = offset
    if let sign {
      if sign == .pipe && isAtLineStart { joinToPreviousLine() }
      offset += sign.rawValue.utf8.count
      return emit(sign, from: start)
    }
    offset += 1
    report(.strangeCharacter(file, SourceRange(start: start, end: offset), scalarBefore(offset)))
  }

  /// ccv's own signs by their first byte, the longest first.
  private static let signs: [UInt8: [Token.Kind]] = {
    let all: [Token.Kind] = [
      .ellipsis, .halfOpenRange, .range, .fatArrow, .thinArrow, .pipe, .equal, .notEqual,
      .lessOrEqual, .greaterOrEqual, .comma, .semicolon, .colon, .dot, .assign, .plus, .minus,
      .star, .slash, .at, .caret, .less, .greater,
    ]
    return Dictionary(grouping: all) { $0.rawValue.utf8.first ?? 0 }
  }()

  private func stands(_ spelling: String) -> Bool {
    file.bytes[offset...].starts(with: spelling.utf8)
  }

  private func scalarBefore(_ end: Int) -> Unicode.Scalar {
    Unicode.Scalar(file.bytes[end - 1])
  }

  /// `.5`, where no value stands before the point.
  private mutating func lexBareFraction() {
    let start = offset
    offset += 1
    while Ascii.isDigit(byte()) { offset += 1 }
    report(.pointWithoutDigit(file, SourceRange(start: start, end: offset)))
    emit(.number, from: start)
  }

  private var isInInterpolation: Bool {
    if case .interpolation? = frames.last { true } else { false }
  }

  private mutating func lexRightBrace() {
    guard isInInterpolation else { return close(.rightBrace, .brace) }
    frames.removeLast()
    offset += 1
    emit(.interpolationEnd, from: offset - 1)
  }

  private mutating func lexFormatColon() {
    offset += 1
    emit(.colon, from: offset - 1)
    lexFormat()
  }

  // MARK: - Other languages

  private var isWithinInterpolation: Bool {
    frames.contains { if case .interpolation = $0 { true } else { false } }
  }

  /// Reads `\"text\"` in the braces of a string as one piece, when the line has its other end.
  private mutating func lexEscapedString() {
    let start = offset
    offset += 2
    var end = offset
    while offset < file.bytes.count && !Ascii.isLineEnd(byte()) {
      offset += 1
      if file.bytes[offset - 1] == Ascii.backslash && byte() == Ascii.quote {
        offset += 1
        end = offset
        break
      }
    }
    offset = end
    report(.escapedQuote(file, SourceRange(start: start, end: offset)))
    emit(.invalid, from: start)
  }

  /// Reads a sign of another language; false when none stands here.
  private mutating func lexForeignSign(longerThan length: Int) -> Bool {
    if byte() == Ascii.backslash, byte(1) == Ascii.quote, isWithinInterpolation {
      lexEscapedString()
      return true
    }
    let match = ForeignSign.byFirstByte[byte()]?.first { stands($0.spelling) }
    guard let sign = match, sign.spelling.utf8.count > length else { return false }
    if sign.isCommentStart { return lexSlashes(sign) }
    guard isForeign(sign) else { return false }
    let start = offset
    offset += sign.spelling.utf8.count
    report(.foreignSign(file, SourceRange(start: start, end: offset), sign))
    if let meaning = sign.meaning { emit(meaning, from: start) }
    return true
  }

  /// `x < -1`, `a - -b` and `x .name` are ccv; only the other readings of these letters are not.
  private func isForeign(_ sign: ForeignSign) -> Bool {
    switch sign.spelling {
    case "<-": return Ascii.isBlank(byte(2)) && offset > 0 && Ascii.isBlank(file.bytes[offset - 1])
    case "--", "++":
      let rest = file.bytes[(offset + 2)...].drop(while: Ascii.isBlank)
      guard let next = rest.first else { return true }
      return Ascii.isLineEnd(next) || next == Ascii.hash || next == 0x3B || next == Ascii.rightBrace
        || next == 0x29
    case "::": return frames.last != .bracket
    default: return true
    }
  }

  /// `//` divides in one language and starts a comment in another: digits, a bracket or a single
  /// word after it are an operand.
  private mutating func lexSlashes(_ sign: ForeignSign) -> Bool {
    let rest = file.bytes[(offset + 2)...].drop(while: Ascii.isBlank)
    let word = rest.drop(while: Ascii.isNameCharacter).drop(while: Ascii.isBlank)
    let isOperand =
      lastKind?.endsValue ?? false && !isAtLineStart
      && (rest.first.map { Ascii.isDigit($0) || $0 == Ascii.leftParenthesis } ?? false
        || (rest.first.map(Ascii.isNameStart) ?? false
          && !(word.first.map(Ascii.isNameStart) ?? false)))
    guard isOperand && sign.spelling == "//" else {
      lexForeignComment()
      return true
    }
    let start = offset
    offset += 2
    report(.foreignSign(file, SourceRange(start: start, end: offset), sign))
    emit(.div, from: start)
    return true
  }

  private mutating func lexForeignComment() {
    let start = offset
    if byte() == Ascii.slash && byte(1) == 0x2A {
      offset += 2
      while offset < file.bytes.count && !(byte() == 0x2A && byte(1) == Ascii.slash) { offset += 1 }
      offset = min(offset + 2, file.bytes.count)
    } else {
      while offset < file.bytes.count && !Ascii.isLineEnd(byte()) { offset += 1 }
    }
    let sign = byte(start - offset) == Ascii.percent ? 1 : 2
    report(.foreignComment(file, SourceRange(start: start, end: min(start + sign, offset))))
    tokens.append(Token(.comment, SourceRange(start: start, end: offset)))
  }

  // MARK: - Beyond ASCII

  mutating func lexNonASCII() {
    let start = offset
    let first = scalar()
    if first.properties.isXIDStart {
      skipNameCharacters()
      return emit(.name, from: start)
    }
    if typographicQuotes.contains(first) { return lexTypographicString() }
    offset += UTF8.width(first)
    if let sign = ForeignSign.typographic[first] {
      report(.foreignSign(file, SourceRange(start: start, end: offset), sign))
      if let meaning = sign.meaning { emit(meaning, from: start) }
      return
    }
    while byte() >= 0x80 && scalar() == first { offset += UTF8.width(first) }
    report(.strangeCharacter(file, SourceRange(start: start, end: offset), first))
  }

  /// Reads `“text”` as one piece, when the line has a second quotation mark.
  private mutating func lexTypographicString() {
    let start = offset
    let first = scalar()
    offset += UTF8.width(first)
    var end = offset
    while offset < file.bytes.count && !Ascii.isLineEnd(byte()) {
      let next = scalar()
      offset += byte() < 0x80 ? 1 : UTF8.width(next)
      if typographicQuotes.contains(next) || next == "\"" {
        end = offset
        break
      }
    }
    offset = end
    report(.typographicQuote(file, SourceRange(start: start, end: offset), first))
    emit(.invalid, from: start)
  }
}

private let typographicQuotes: Set<Unicode.Scalar> = [
  "\u{2018}", "\u{2019}", "\u{201A}", "\u{201C}", "\u{201D}", "\u{201E}", "\u{AB}", "\u{BB}",
]
