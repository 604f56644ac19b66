// Strings and comments. A string with a mistake in it becomes one `.invalid` token, so that the
// parser adds nothing to the lexer's message.

extension Lexer {
  mutating func lexStringStart() {
    let start = offset
    let isMultiline = byte(1) == Ascii.quote && byte(2) == Ascii.quote
    offset += isMultiline ? 3 : 1
    if !isMultiline { openSingleLineStrings += 1 }
    frames.append(.string(isMultiline: isMultiline, opener: tokens.count))
    emit(.stringStart, from: start)
  }

  /// Lexes on to the end of the string, its next interpolation, or the end of a one-line string.
  mutating func lexStringContent(isMultiline: Bool, opener: Int) {
    let start = offset
    while offset < file.bytes.count {
      switch byte() {
      case Ascii.backslash where offset + 1 < file.bytes.count: skipEscape(isMultiline)
      case Ascii.leftBrace:
        emitText(from: start)
        frames.append(.interpolation(opener: tokens.count))
        offset += 1
        return emit(.interpolationStart, from: offset - 1)
      case Ascii.quote where !isMultiline || (byte(1) == Ascii.quote && byte(2) == Ascii.quote):
        emitText(from: start)
        frames.removeLast()
        if !isMultiline { openSingleLineStrings -= 1 }
        let end = offset
        offset += isMultiline ? 3 : 1
        return emit(.stringEnd, from: end)
      case Ascii.newline where !isMultiline, Ascii.carriageReturn where !isMultiline:
        _ = abandonSingleLineString(at: offset)
        return
      default:
        offset += 1
      }
    }
    emitText(from: start)
  }

  private mutating func skipEscape(_ isMultiline: Bool) {
    let start = offset
    offset += 1
    if Ascii.isLineEnd(byte()) {
      if isMultiline { offset += 1 }
    } else if byte() == 0x75 && byte(1) == Ascii.leftBrace {
      skipUnicodeEscape(from: start)
    } else if Escape.isSimple(byte()) {
      offset += 1
    } else {
      offset += UTF8.width(scalar())
      report(.unknownEscape(file, SourceRange(start: start, end: offset)))
    }
  }

  private mutating func skipUnicodeEscape(from start: Int) {
    offset += 2
    let digits = offset
    while Ascii.isNameCharacter(byte()) { offset += 1 }
    let isSound =
      byte() == Ascii.rightBrace && Escape.scalar(hexadecimal: text(from: digits)) != nil
    if byte() == Ascii.rightBrace { offset += 1 }
    if !isSound { report(.badUnicodeEscape(file, SourceRange(start: start, end: offset))) }
  }

  private mutating func emitText(from start: Int) {
    if offset > start { emit(.stringText, from: start) }
  }

  /// Gives up the outermost one-line string that is open at the end of a line; false when none is.
  mutating func abandonSingleLineString(at end: Int) -> Bool {
    guard openSingleLineStrings > 0 else { return false }
    openSingleLineStrings = 0
    let isOpen = { (frame: Frame) in
      if case .string(isMultiline: false, _) = frame { true } else { false }
    }
    guard let index = frames.firstIndex(where: isOpen) else { return false }
    abandonString(at: index, end: end)
    return true
  }

  mutating func closeStringsAtEnd() {
    if abandonSingleLineString(at: offset) { return }
    let isString = { (frame: Frame) in if case .string = frame { true } else { false } }
    guard let index = frames.firstIndex(where: isString) else { return }
    endsInMultilineString = diagnostics.isEmpty
    abandonString(at: index, end: offset)
  }

  private mutating func abandonString(at index: Int, end: Int) {
    guard case .string(let isMultiline, let opener) = frames[index] else { return }
    let quote = tokens[opener].range
    let whole = SourceRange(start: quote.start, end: end)
    if index + 1 < frames.count, case .interpolation(let brace) = frames[index + 1] {
      report(.unclosedInterpolation(file, tokens[brace].range, string: quote))
    } else {
      report(.unclosedString(file, quote, line: whole, isMultiline: isMultiline))
    }
    frames.removeSubrange(index...)
    tokens.removeSubrange(opener...)
    tokens.append(Token(.invalid, whole))
    lastKind = .invalid
  }

  mutating func lexRawString() {
    let start = offset
    let previous = lastKind
    let isAttached = tokens.last?.range.end == start
    offset += 1
    while offset < file.bytes.count && !Ascii.isLineEnd(byte()) && byte() != Ascii.apostrophe {
      offset += 1
    }
    if byte() == Ascii.apostrophe && offset < file.bytes.count {
      offset += 1
      return emit(.rawString, from: start)
    }
    if isAttached && previous?.endsValue ?? false {
      offset = start + 1
      report(.apostropheTranspose(file, SourceRange(start: start, end: offset)))
      return
    }
    let quote = SourceRange(start: start, end: start + 1)
    let whole = SourceRange(start: start, end: offset)
    report(.unclosedString(file, quote, line: whole, isMultiline: false))
    emit(.invalid, from: start)
  }

  /// The text between the `:` and the `}` of an interpolation.
  mutating func lexFormat() {
    let start = offset
    while offset < file.bytes.count && byte() != Ascii.rightBrace && byte() != Ascii.quote
      && !Ascii.isLineEnd(byte())
    {
      offset += 1
    }
    if offset > start { emit(.format, from: start) }
  }

  // MARK: - Comments

  mutating func lexComment() {
    let start = offset
    let startsLine = isAtLineStart
    let isFlush = start == 0 || Ascii.isLineEnd(file.bytes[start - 1]) || isAfterByteOrderMark
    while offset < file.bytes.count && !Ascii.isLineEnd(byte()) { offset += 1 }
    let line = file.bytes[start..<offset]
    if isFlush && frames.isEmpty && isCellMarker(line) {
      emit(.cellMarker, from: start)
    } else if startsLine && isDocumentation(line) {
      emit(.documentation, from: start)
    } else {
      emit(.comment, from: start)
    }
  }

  private var isAfterByteOrderMark: Bool { offset == 3 && file.bytes[0] == 0xEF }

  private func isCellMarker(_ line: ArraySlice<UInt8>) -> Bool {
    line.dropFirst().drop(while: Ascii.isBlank).starts(with: [Ascii.percent, Ascii.percent])
  }

  private func isDocumentation(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.starts(with: [Ascii.hash, Ascii.hash]) else { return false }
    return line.count == 2 || Ascii.isBlank(line[line.startIndex + 2])
  }
}
