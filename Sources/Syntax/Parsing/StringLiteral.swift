// From the tokens of a string to its parts: escapes resolved, and in `"""` the line breaks next to
// the quotes and the common indentation taken away.

/// A stretch of a string before its text is decoded.
private enum StringPiece {
  case text(SourceRange)
  case value(Expr, format: Name?)
}

extension Parser {
  /// The letters between the apostrophes.
  func rawText(_ token: Token) -> String {
    file.text(of: SourceRange(start: token.range.start + 1, end: token.range.end - 1))
  }

  /// Parses from `.stringStart` to `.stringEnd`.
  mutating func parseString() throws(Abandoned) -> [StringPart] {
    let isMultiline = advance().range.count == 3
    var pieces: [StringPiece] = []
    while true {
      switch kind {
      case .stringText: pieces.append(.text(advance().range))
      case .interpolationStart: pieces.append(try parseInterpolation())
      default:
        guard accept(.stringEnd) != nil else {
          throw fail(.expected(file, current, found(current), "the end of the string"))
        }
        return isMultiline ? multilineParts(pieces) : parts(pieces.map(text))
      }
    }
  }

  /// `{expr}` or `{expr:format}`.
  private mutating func parseInterpolation() throws(Abandoned) -> StringPiece {
    let opener = advance()
    if kind == .interpolationEnd {
      throw fail(.emptyInterpolation(file, range(from: opener.range).union(current.range)))
    }
    if kind == .leftBrace { throw fail(.doubledBrace(file, opener.range.union(current.range))) }
    let value = try insideBrackets { (parser) throws(Abandoned) in try parser.parseExpression() }
    var format: Name?
    if let colon = accept(.colon) {
      guard let token = accept(.format) else { throw fail(.emptyFormat(file, colon)) }
      format = Name(text(token), token.range)
    }
    if kind == .assign { throw fail(.debugFormat(file, current)) }
    guard accept(.interpolationEnd) != nil else {
      throw fail(.expected(file, current, found(current), "`}`", opener: opener))
    }
    return .value(value, format: format)
  }

  // MARK: - Text

  /// A piece whose text is cut to lines, ready for decoding.
  private typealias Segment = (text: String, value: StringPart?)

  private func text(_ piece: StringPiece) -> Segment {
    switch piece {
    case .text(let range): (file.text(of: range), nil)
    case .value(let value, let format): ("", .interpolation(value, format: format))
    }
  }

  private func parts(_ segments: [Segment]) -> [StringPart] {
    var result: [StringPart] = []
    for segment in segments {
      if let value = segment.value {
        result.append(value)
      } else {
        let decoded = decodeEscapes(segment.text)
        if !decoded.isEmpty { result.append(.text(decoded)) }
      }
    }
    return result
  }

  /// Swift's `Character` takes CR LF for one, so both line ends are seen as one line end.
  private func multilineParts(_ pieces: [StringPiece]) -> [StringPart] {
    var segments = pieces.map(text)
    for index in segments.indices {
      segments[index].text = String(segments[index].text.map { $0.isNewline ? "\n" : $0 })
    }
    let margin = commonIndentation(segments)
    for index in segments.indices where segments[index].value == nil {
      segments[index].text = removingIndentation(segments[index].text, margin)
    }
    trimEdges(&segments)
    return parts(segments)
  }

  /// The blanks that every line with something on it starts with; the text right after the opening
  /// quotes starts no line.
  private func commonIndentation(_ segments: [Segment]) -> Int {
    var smallest = Int.max
    for (index, segment) in segments.enumerated() where segment.value == nil {
      let lines = segment.text.split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated().dropFirst() {
        let blanks = line.prefix { $0 == " " || $0 == "\t" }.count
        let isFollowedByValue = number == lines.count - 1 && index + 1 < segments.count
        if blanks < line.count || isFollowedByValue { smallest = min(smallest, blanks) }
      }
    }
    return smallest == Int.max ? 0 : smallest
  }

  private func removingIndentation(_ text: String, _ margin: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().map { index, line in
      guard index > 0 else { return String(line) }
      let blanks = line.prefix { $0 == " " || $0 == "\t" }.count
      return String(line.dropFirst(min(margin, blanks)))
    }.joined(separator: "\n")
  }

  /// Drops the line break after the opening quotes, and the one before the closing quotes.
  private func trimEdges(_ segments: inout [Segment]) {
    if let first = segments.first, first.value == nil {
      let line = first.text.prefix { $0 != "\n" }
      if line.count < first.text.count && line.allSatisfy({ $0 == " " || $0 == "\t" }) {
        segments[0].text = String(first.text.dropFirst(line.count + 1))
      }
    }
    if let last = segments.last, last.value == nil, let end = last.text.lastIndex(of: "\n"),
      last.text[end...].dropFirst().allSatisfy({ $0 == " " || $0 == "\t" })
    {
      segments[segments.count - 1].text = String(last.text[..<end])
    }
  }

  // MARK: - Escapes

  /// The lexer has refused what is not an escape; here it leaves no trace.
  private func decodeEscapes(_ text: String) -> String {
    guard text.utf8.contains(Ascii.backslash) else { return text }
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar != "\\" {
        result.append(scalar)
      } else if let escape = rest.popFirst(), let value = Escape.decode(escape, &rest) {
        result.append(value)
      }
    }
    return String(result)
  }
}
