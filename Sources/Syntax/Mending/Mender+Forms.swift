// Whole forms of other languages, and slips of the pen. What a message is about is told by its code
// and by the token that it points to.

extension Mender {
  func form(_ diagnostic: Diagnostic, at index: Int) -> [Edit]? {
    switch diagnostic.code {
    case .typographicQuote: straightQuotes(diagnostic)
    case .unknownSuffix: product(diagnostic)
    case .missingComma: commas(at: index)
    case .misplacedElse: joined(index)
    case .assignmentInCondition: [Edit(tokens[index].range, "==")]
    case .chainedComparison: chain(diagnostic, at: index)
    case .notAssignable: shortFunction(at: index)
    case .unclosedInterpolation: formatCall(diagnostic)
    case .missingBlock: block(diagnostic, at: index)
    case .missingSeparator: call(at: index) ?? anonymousFunction(endingBefore: index)
    case .foreignSyntax, .unexpectedToken, .tryWithoutCatch: foreign(diagnostic, at: index)
    default: nil
    }
  }

  /// `2x`.
  private func product(_ diagnostic: Diagnostic) -> [Edit]? {
    diagnostic.primary.map { [Edit($0.range.startPoint, " * ")] }
  }

  private func isName(_ index: Int) -> Bool { kind(index) == .name }

  private func foreign(_ diagnostic: Diagnostic, at index: Int) -> [Edit]? {
    switch kind(index) {
    case .name: word(text(index), at: index)
    case .assign: equals(at: index)
    case .equal: kind(start(of: index)) == .let ? [Edit(tokens[index].range, "=")] : nil
    case .comma: comma(at: index)
    case .colon: colon(diagnostic, at: index)
    case .leftBrace: braces(at: index)
    case .if: conditional(at: index)
    case .for: comprehension(at: index)
    case .plus where kind(index - 1) != .dot: [Edit(tokens[index].range, "")]
    case .not: notIn(at: index)
    case .mod, .div: operatorCall(at: index)
    case .at: macro(at: index)
    case .fn: [Edit(tokens[index].range, "")]
    case .thinArrow: [Edit(tokens[index].range, "=>")]
    case .star, .ellipsis:
      kind(index + 1).startsExpression ? [Edit(tokens[index].range, "..")] : nil
    default: kind(index - 1) == .dot ? [Edit(tokens[index - 1].range, "")] : nil
    }
  }

  // MARK: - Words

  private func word(_ word: String, at index: Int) -> [Edit]? {
    let here = tokens[index].range
    if let name = ForeignNames.renamed[word] { return call(at: index + 1) ?? [Edit(here, name)] }
    switch word {
    case "lambda": return lambda(at: index)
    case "elif", "elseif", "elsif":
      return joined(index).map { $0.dropLast() + [Edit($0[0].range.union(here), " else if")] }
        ?? [Edit(here, "else if")]
    case "except": return [Edit(here, "catch")]
    case "is": return identity(at: index)
    case "var", "const", "local", "mut", "val", "my", "auto": return [Edit(here, "let")]
    case "raise", "throw": return raised(at: index)
    case "def", "function", "func", "fun": return function(at: index)
    case "f", "r", "b", "u": return touches(index, index + 1) ? [Edit(here, "")] : nil
    default: return call(at: index + 1)
    }
  }

  /// `print x`: the values stand in parentheses.
  private func call(at index: Int) -> [Edit]? {
    guard index > 0, isName(index - 1), known.contains(Self.renamed(text(index - 1))),
      kind(index).startsExpression, !touches(index - 1, index)
    else { return nil }
    return [
      Edit(range(index - 1, index - 1), Self.renamed(text(index - 1))),
      Edit(gap(index - 1, index), "("), Edit(tokens[end(of: index)].range.endPoint, ")"),
    ]
  }

  private static func renamed(_ name: String) -> String { ForeignNames.renamed[name] ?? name }

  /// `raise ValueError("bad")`.
  private func raised(at index: Int) -> [Edit]? {
    let last = end(of: index)
    guard isName(index + 1), kind(index + 2) == .leftParenthesis, partners[index + 2] == last else {
      return nil
    }
    return [Edit(range(index, index + 1), "error")]
  }

  /// `lambda a, b: a + b`.
  private func lambda(at index: Int) -> [Edit]? {
    let stops = index + 1..<tokens.count
    guard let colon = stops.first(where: { [.colon, .newline].contains(kind($0)) }),
      kind(colon) == .colon
    else { return nil }
    let names = text(index + 1, colon - 1)
    let isOne = colon == index + 2
    return [Edit(range(index, colon), (isOne ? names : "(\(names))") + " =>")]
  }

  /// `def f(x):`, `function f(x)`, `function(x) x + 1`.
  private func function(at index: Int) -> [Edit]? {
    let here = tokens[index].range
    guard isName(index + 1), kind(index + 2) == .leftParenthesis, let close = partners[index + 2]
    else { return anonymousFunction(at: index) }
    if kind(close + 1) == .leftBrace { return [Edit(here, "fn")] }
    return body(after: close).map { [Edit(here, "fn")] + $0 }
  }

  /// `function(x) x + 1`.
  private func anonymousFunction(endingBefore index: Int) -> [Edit]? {
    guard let open = partners[index - 1], open > 0, text(open - 1) == "function" else { return nil }
    return anonymousFunction(at: open - 1)
  }

  private func anonymousFunction(at index: Int) -> [Edit]? {
    guard kind(index + 1) == .leftParenthesis, let close = partners[index + 1] else { return nil }
    let names = close == index + 3 ? text(index + 2) : text(index + 1, close)
    return [Edit(range(index, close), names + " =>")]
  }

  // MARK: - Signs that other languages use otherwise

  private func equals(at index: Int) -> [Edit]? {
    guard index > 0 else { return nil }
    if isName(index - 1), kind(index - 2) == .for {
      let colons = (index...end(of: index, stopAt: [.leftBrace])).filter { kind($0) == .colon }
      return [Edit(tokens[index].range, "in")] + (colons.isEmpty ? [] : Self.ranged(colons, self))
        + (kind(end(of: index, stopAt: [.leftBrace]) + 1) == .leftBrace
          ? [] : body(after: end(of: index)) ?? [])
    }
    guard let opener = opener(around: index), kind(opener) == .leftParenthesis, isName(index - 1)
    else { return nil }
    // All options of the call at once.
    let closer = partners[opener] ?? tokens.count - 1
    return (opener + 1..<closer).filter {
      kind($0) == .assign && isName($0 - 1) && self.opener(around: $0) == opener
    }.map { Edit(gap($0 - 1, $0 + 1), ": ") }
  }

  /// `1:10`, `0:2:10`.
  private static func ranged(_ colons: [Int], _ mender: Mender) -> [Edit] {
    let first = Edit(mender.tokens[colons[0]].range, "..")
    guard colons.count == 2 else { return [first] }
    let last = mender.end(of: colons[1], stopAt: [.leftBrace])
    return [
      Edit(
        mender.range(colons[0], last),
        "..\(mender.text(colons[1] + 1, last)) by \(mender.text(colons[0] + 1, colons[1] - 1))")
    ]
  }

  private func comma(at index: Int) -> [Edit]? {
    let first = start(of: index)
    if kind(first) == .let || kind(first) == .for {
      let stop = (index..<tokens.count).first { [.assign, .in, .newline].contains(kind($0)) }
      guard let stop else { return nil }
      return [
        Edit(tokens[first + 1].range.startPoint, "("),
        Edit(tokens[stop - 1].range.endPoint, ")"),
      ]
    }
    guard let open = opener(around: index), kind(open) == .leftParenthesis,
      let close = partners[open]
    else { return nil }
    return [Edit(tokens[open].range, "["), Edit(tokens[close].range, "]")]
  }

  private func colon(_ diagnostic: Diagnostic, at index: Int) -> [Edit]? {
    if let open = opener(around: index), kind(open) == .leftBracket {
      return [Edit(tokens[index].range, kind(index + 1) == .rightBracket ? ".." : "..<")]
    }
    if isName(index - 1), kind(index - 2) == .let {
      guard isName(index + 1), kind(index + 2) == .assign else { return nil }
      return [Edit(range(index, index + 1), "")]
    }
    if kind(index + 1) == .newline || [.if, .while, .for].contains(kind(start(of: index))) {
      return body(replacing: index)
    }
    let last = end(of: index, stopAt: [.comma])
    let colons = (index...last).filter { kind($0) == .colon }
    return Self.ranged(Array(colons.prefix(2)), self)
  }

  /// `{}` and `{"a": 1}`.
  private func braces(at index: Int) -> [Edit]? {
    guard let close = partners[index] else { return nil }
    if close == index + 1 { return [Edit(range(index, close), "(:)")] }
    var edits = [Edit(tokens[index].range, "("), Edit(tokens[close].range, ")")]
    var position = index + 1
    while position < close {
      let isString = kind(position) == .stringStart && kind(position + 2) == .stringEnd
      if isString, kind(position + 3) == .colon, opener(around: position) == index {
        edits.append(Edit(range(position, position + 2), text(position + 1)))
      }
      position += 1
    }
    return edits
  }

  /// `a if c else b`.
  private func conditional(at index: Int) -> [Edit]? {
    guard index > 0 else { return nil }
    let first = start(of: index - 1, stopAt: [.assign, .comma, .return, .fatArrow, .colon])
    guard let other = (index..<tokens.count).first(where: { kind($0) == .else }) else { return nil }
    let last = end(of: other, stopAt: [.comma])
    guard first < index, other > index + 1, last > other else { return nil }
    let (a, c, b) = (text(first, index - 1), text(index + 1, other - 1), text(other + 1, last))
    return [Edit(range(first, last), "if \(c) { \(a) } else { \(b) }")]
  }

  /// `[f(v) for v in xs if g(v)]`.
  private func comprehension(at index: Int) -> [Edit]? {
    guard let open = opener(around: index), kind(open) == .leftBracket, let close = partners[open],
      let within = (index..<close).first(where: { kind($0) == .in })
    else { return nil }
    let condition = (within..<close).first { kind($0) == .if }
    let isOne = within == index + 2
    let names = isOne ? text(index + 1) : "(\(text(index + 1, within - 1)))"
    let items = text(within + 1, (condition ?? close) - 1)
    let kept = condition.map { "filter(\(items), \(names) => \(text($0 + 1, close - 1)))" } ?? items
    return [Edit(range(open, close), "map(\(kept), \(names) => \(text(open + 1, index - 1)))")]
  }

  /// `x not in xs`.
  private func notIn(at index: Int) -> [Edit]? {
    guard kind(index + 1) == .in, let first = operandStart(endingAt: index - 1) else { return nil }
    let last = end(of: index, stopAt: [.leftBrace, .comma, .and, .or])
    return [
      Edit(tokens[first].range.startPoint, "not ("), Edit(gap(index - 1, index + 1), " "),
      Edit(tokens[last].range.endPoint, ")"),
    ]
  }

  /// `mod(7, 2)`.
  private func operatorCall(at index: Int) -> [Edit]? {
    guard kind(index + 1) == .leftParenthesis, let close = partners[index + 1] else { return nil }
    let comma = (index + 2..<close).first { kind($0) == .comma && opener(around: $0) == index + 1 }
    guard let comma else { return nil }
    let left = operand(index + 2, comma - 1, below: .product)
    let right = operand(comma + 1, close - 1, below: .unary)
    return [
      Edit(range(index, close), enclosed("\(left) \(text(index)) \(right)", index, close))
    ]
  }

  /// `@show x`.
  private func macro(at index: Int) -> [Edit]? {
    guard isName(index + 1), ["show", "print", "info"].contains(text(index + 1)) else { return nil }
    let last = end(of: index)
    guard last > index + 1 else { return nil }
    return [Edit(range(index, last), "print(\(text(index + 2, last)))")]
  }

  // MARK: - Slips

  /// All commas that a list in one line misses.
  private func commas(at index: Int) -> [Edit]? {
    guard let open = opener(around: index), let close = partners[open] else { return nil }
    return (open + 1..<close - 1).filter {
      kind($0).endsValue && kind($0 + 1).startsExpression && !touches($0, $0 + 1)
        && opener(around: $0 + 1) == open
    }.map { Edit(tokens[$0].range.endPoint, ",") }
  }

  /// `}`, a new line, `else`.
  private func joined(_ index: Int) -> [Edit]? {
    guard index > 1, kind(index - 1) == .newline, kind(index - 2) == .rightBrace else { return nil }
    return [Edit(gap(index - 2, index), " ")]
  }

  private func straightQuotes(_ diagnostic: Diagnostic) -> [Edit]? {
    guard let range = diagnostic.primary?.range else { return nil }
    let typographic: Set<Character> = ["\u{201C}", "\u{201D}", "\u{201E}", "\u{2018}", "\u{2019}"]
    return [
      Edit(range, String(file.text(of: range).map { typographic.contains($0) ? "\"" : $0 }))
    ]
  }

  /// `1 < x < 3`.
  private func chain(_ diagnostic: Diagnostic, at index: Int) -> [Edit]? {
    guard let first = diagnostic.secondary.first?.range,
      let sign = tokens.firstIndex(where: { $0.range == first }), sign + 1 < index
    else { return nil }
    return [Edit(tokens[index].range.startPoint, "and \(text(sign + 1, index - 1)) ")]
  }

  /// `square(x) = x^2`.
  private func shortFunction(at index: Int) -> [Edit]? {
    guard isName(index), start(of: index) == index, kind(index + 1) == .leftParenthesis,
      let close = partners[index + 1], kind(close + 1) == .assign
    else { return nil }
    return [
      Edit(tokens[index].range.startPoint, "fn "), Edit(tokens[close + 1].range, "{"),
      Edit(tokens[end(of: index)].range.endPoint, " }"),
    ]
  }

  /// `"loss {}".format(x)`.
  private func formatCall(_ diagnostic: Diagnostic) -> [Edit]? {
    guard let range = diagnostic.primary?.range, file.text(of: range) == "{}",
      let quote = tokens.firstIndex(where: { $0.kind == .stringEnd && $0.range.start >= range.end }
      ),
      kind(quote + 1) == .dot, isName(quote + 2), text(quote + 2) == "format",
      kind(quote + 3) == .leftParenthesis, let close = partners[quote + 3]
    else { return nil }
    return [
      Edit(range, "{\(text(quote + 4, close - 1))}"), Edit(self.range(quote + 1, close), ""),
    ]
  }
}
