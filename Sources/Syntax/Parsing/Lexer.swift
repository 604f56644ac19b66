// Text to tokens in one pass without recursion: open brackets and strings stand on an explicit
// stack, which also decides whether the end of a line ends a statement.

/// Splits a source into tokens; always ends with `.endOfInput`, whatever the bytes are.
struct Lexer {
  /// What is open at the cursor.
  enum Frame: Equatable {
    case parenthesis, bracket, brace
    /// The `{` of an interpolation, by token index.
    case interpolation(opener: Int)
    /// A string under way, by index of its first token.
    case string(isMultiline: Bool, opener: Int)
  }

  let file: SourceFile
  var offset = 0
  var frames: [Frame] = []
  var tokens: [Token] = []
  var diagnostics: [Diagnostic] = []
  /// The last token that is neither comment nor newline.
  var lastKind: Token.Kind?
  var isAtLineStart = true
  /// How many one-line strings are open; the end of a line ends them all.
  var openSingleLineStrings = 0
  /// Whether the text ends inside `"""`, which more lines could close.
  var endsInMultilineString = false

  init(_ file: SourceFile) {
    self.file = file
    tokens.reserveCapacity(file.bytes.count / 4 + 8)
  }

  /// Whether a line added at the end would still belong to the last statement.
  var endContinues: Bool {
    switch frames.last {
    case .parenthesis, .bracket, .interpolation, .string: true
    case .brace, nil: lastKind?.continuesLine ?? false
    }
  }

  mutating func run() {
    if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    while offset < file.bytes.count {
      if case .string(let isMultiline, let opener) = frames.last {
        lexStringContent(isMultiline: isMultiline, opener: opener)
      } else {
        lexToken()
      }
    }
    closeStringsAtEnd()
    emit(.endOfInput, from: offset)
  }

  private mutating func lexToken() {
    switch byte() {
    case Ascii.space, Ascii.tab, 0x0B, 0x0C: offset += 1
    case Ascii.newline, Ascii.carriageReturn: lexNewline()
    case Ascii.hash: lexComment()
    case Ascii.zero...Ascii.nine: lexNumber()
    case Ascii.quote: lexStringStart()
    case Ascii.apostrophe: lexRawString()
    case let first where Ascii.isNameStart(first): lexName()
    case let first where first >= 0x80: lexNonASCII()
    default: lexSign()
    }
  }

  // MARK: - Bytes

  /// The byte at `offset + distance`; 0 past the end.
  func byte(_ distance: Int = 0) -> UInt8 {
    offset + distance < file.bytes.count ? file.bytes[offset + distance] : 0
  }

  func text(from start: Int) -> String {
    String(decoding: file.bytes[start..<offset], as: UTF8.self)
  }

  /// Decodes the scalar at the cursor; the text is known to be UTF-8.
  func scalar() -> Unicode.Scalar {
    var decoder = UTF8()
    var iterator = file.bytes[offset..<min(offset + 4, file.bytes.count)].makeIterator()
    if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
    return "\u{FFFD}"
  }

  // MARK: - Tokens

  mutating func emit(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind, SourceRange(start: start, end: offset)))
    guard !kind.isComment && kind != .newline && kind != .endOfInput else { return }
    lastKind = kind
    isAtLineStart = false
  }

  mutating func report(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
  }

  private mutating func lexNewline() {
    let start = offset
    let isPair = byte() == Ascii.carriageReturn && byte(1) == Ascii.newline
    offset += isPair ? 2 : 1
    if abandonSingleLineString(at: start) { return endLine(from: start) }
    switch frames.last {
    case .brace, nil: endLine(from: start)
    case .parenthesis, .bracket, .interpolation, .string: isAtLineStart = true
    }
  }

  /// Makes the newline a token unless the statement goes on or nothing stands before it.
  private mutating func endLine(from start: Int) {
    isAtLineStart = true
    guard let lastKind, !lastKind.continuesLine, lastKind != .semicolon else { return }
    if tokens.last(where: { !$0.kind.isComment })?.kind == .newline { return }
    emit(.newline, from: start)
  }

  /// Takes back the newline before a `|>` that starts a line, unless a cell starts between them.
  mutating func joinToPreviousLine() {
    var index = tokens.count - 1
    while index >= 0 && (tokens[index].kind == .comment || tokens[index].kind == .documentation) {
      index -= 1
    }
    if index >= 0 && tokens[index].kind == .newline { tokens.remove(at: index) }
  }

  private mutating func lexName() {
    let start = offset
    skipNameCharacters()
    // After a dot only the name of a field can stand.
    let isField = lastKind == .dot && !isAtLineStart
    let kind = isField ? .name : Token.Kind.word(text(from: start)) ?? .name
    if isAtLineStart && kind.startsStatement { abandonOpenBrackets(at: start) }
    emit(kind, from: start)
  }

  mutating func skipNameCharacters() {
    while offset < file.bytes.count {
      if Ascii.isNameCharacter(byte()) {
        offset += 1
      } else if byte() >= 0x80 && scalar().properties.isXIDContinue {
        offset += UTF8.width(scalar())
      } else {
        return
      }
    }
  }

  /// A line that starts with `let` or `fn` shows that `(` or `[` before it was never closed; ending
  /// the statement here keeps one missing bracket from hiding all later mistakes.
  private mutating func abandonOpenBrackets(at start: Int) {
    let wasOpen = frames.last == .parenthesis || frames.last == .bracket
    while frames.last == .parenthesis || frames.last == .bracket { frames.removeLast() }
    if wasOpen {
      tokens.append(Token(.newline, SourceRange(start: start, end: start)))
    }
  }

  // MARK: - Brackets

  mutating func open(_ kind: Token.Kind, _ frame: Frame) {
    let start = offset
    offset += 1
    emit(kind, from: start)
    frames.append(frame)
  }

  /// Closes the nearest fitting bracket of this string or program; the parser reports what is
  /// missing or left over.
  mutating func close(_ kind: Token.Kind, _ frame: Frame) {
    let start = offset
    offset += 1
    search: for index in frames.indices.reversed() {
      switch frames[index] {
      case frame:
        frames.removeSubrange(index...)
        break search
      case .string, .interpolation: break search
      case .parenthesis, .bracket, .brace: continue
      }
    }
    emit(kind, from: start)
  }
}

extension UTF8 {
  /// Number of bytes of a scalar.
  static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x1_0000: 3
    default: 4
    }
  }
}
