// Signs of other languages, where the lexer has already read what they mean.

extension Mender {
  /// - Parameters:
  ///   - range: of the sign.
  ///   - index: of its token, or of the next one where it has none.
  func sign(_ range: SourceRange, at index: Int) -> [Edit]? {
    let spelling = file.text(of: range)
    switch spelling {
    case "+=", "-=", "*=", "/=", "^=", "%=", "@=", "**=", "//=": return augmented(index, spelling)
    case "<-", ":=": return creation(index)
    case "!": return exclamation(index)
    case "%": return percent(index)
    case "'": return transposition(range, after: index - 1)
    case "++", "--": return crement(range, after: index - 1, spelling)
    case "//", "/*":
      let isFirst = index == 0 || tokens[index - 1].kind.endsStatement
      return [Edit(tokens[index].range, isFirst ? "#" : "div")]
    case "~": return [Edit(tokens[index].range, "not ")]
    default:
      let typographic = spelling.unicodeScalars.first.flatMap { ForeignSign.typographic[$0] }
      let sign = ForeignSign.all.first { $0.spelling == spelling } ?? typographic
      guard let sign, tokens[index].range == range else { return nil }
      return sign.meaning.map { [spaced(index, $0.rawValue)] }
    }
  }

  /// A word needs blanks around it where a sign needs none.
  private func spaced(_ index: Int, _ replacement: String) -> Edit {
    let range = tokens[index].range
    guard replacement.first?.isLetter ?? false else { return Edit(range, replacement) }
    let before = range.start > 0 && file.bytes[range.start - 1] != 32 ? " " : ""
    let after = range.end < file.bytes.count && file.bytes[range.end] != 32 ? " " : ""
    return Edit(range, before + replacement + after)
  }

  /// `x += 1`.
  private func augmented(_ index: Int, _ spelling: String) -> [Edit]? {
    let (first, last) = (start(of: index), end(of: index))
    guard first < index, last > index else { return nil }
    let own = String(spelling.dropLast())
    let sign = ["**": "^", "//": "div", "%": "mod"][own] ?? own
    var edits = [Edit(tokens[index].range, "= \(text(first, index - 1)) \(sign)")]
    let isSum = sign == "+" || sign == "-"
    if grip(index + 1, last) <= (isSum ? .sum : .product) {
      edits.append(Edit(tokens[index + 1].range.startPoint, "("))
      edits.append(Edit(tokens[last].range.endPoint, ")"))
    }
    return edits
  }

  /// `x++`.
  private func crement(_ range: SourceRange, after last: Int, _ spelling: String) -> [Edit]? {
    guard let first = operandStart(endingAt: last) else { return nil }
    return [Edit(range, " = \(text(first, last)) \(spelling.prefix(1)) 1")]
  }

  /// `x <- 3` makes a variable, unless there is one.
  private func creation(_ index: Int) -> [Edit]? {
    let first = start(of: index)
    var edits = [Edit(tokens[index].range, "=")]
    let isPlain = first == index - 1 && kind(first) == .name
    if isPlain, !isDefined(text(first), before: tokens[first].range.start) {
      edits.insert(Edit(tokens[first].range.startPoint, "let "), at: 0)
    }
    return edits
  }

  /// Whether a `let`, `fn` or `for` above names it, or the session does.
  private func isDefined(_ name: String, before place: Int) -> Bool {
    for (index, token) in tokens.enumerated() where token.range.end <= place {
      guard token.kind == .name, text(index) == name, index > 0 else { continue }
      if [.let, .fn, .for].contains(tokens[index - 1].kind) { return true }
      if ["<-", ":="].contains(index + 1 < tokens.count ? text(index + 1) : "") { return true }
    }
    return false
  }

  /// `!x`; the `!` of Julia's `push!(xs, x)` is a part of the name.
  private func exclamation(_ index: Int) -> [Edit] {
    let isOfName = kind(index - 1) == .name && touches(index - 1, index)
    return [Edit(tokens[index].range, isOfName ? "" : "not ")]
  }

  /// `x % y`, `"%d" % x`, or the start of a comment.
  private func percent(_ index: Int) -> [Edit]? {
    if kind(index - 1) == .stringEnd || kind(index - 1) == .rawString {
      return percentFormat(index)
    }
    let isWord = kind(index + 1) == .name && index + 1 < tokens.count
    let isComment =
      isWord && !known.contains(text(index + 1))
      && !isDefined(text(index + 1), before: tokens[index].range.start)
    return [isComment ? Edit(tokens[index].range, "#") : spaced(index, "mod")]
  }

  /// `"loss %.3f" % x`.
  private func percentFormat(_ index: Int) -> [Edit]? {
    guard let first = operandStart(endingAt: index - 1), index + 1 < tokens.count else {
      return nil
    }
    let last = end(of: index, stopAt: [.comma])
    let isTuple = kind(index + 1) == .leftParenthesis && partners[index + 1] == last
    let values = isTuple ? arguments(of: index + 1) : [text(index + 1, last)]
    return interpolated(text(first, index - 1), values).map { [Edit(range(first, last), $0)] }
  }

  /// `w'`.
  private func transposition(_ range: SourceRange, after last: Int) -> [Edit]? {
    guard let first = operandStart(endingAt: last) else { return nil }
    return [Edit(tokens[first].range.union(range), "transpose(\(text(first, last)))")]
  }
}
