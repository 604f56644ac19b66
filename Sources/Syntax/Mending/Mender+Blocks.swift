// Blocks without braces: those of Python, by indentation, and those of MATLAB and Julia, up to `end`.

extension Mender {
  /// What is missing where a block should begin.
  func block(_ diagnostic: Diagnostic, at index: Int) -> [Edit]? {
    switch kind(index) {
    case .leftBrace where kind(index - 1) == .newline && index > 1:
      return [Edit(gap(index - 2, index), " ")]
    case .newline: return body(after: index - 1)
    case .colon: return body(replacing: index)
    case .name where text(index) == "is": return identity(at: index)
    case .name where text(index) == "then": return body(replacing: index)
    default:
      // `if (x) y`.
      let last = end(of: index)
      return [
        Edit(tokens[index].range.startPoint, "{ "), Edit(tokens[last].range.endPoint, " }"),
      ]
    }
  }

  /// `x is None`, `x is not None`.
  func identity(at index: Int) -> [Edit] {
    let isNot = kind(index + 1) == .not
    let (last, value) = isNot ? (index + 1, index + 2) : (index, index + 1)
    var edits = [Edit(range(index, last), isNot ? "!=" : "==")]
    if kind(value) == .name, let own = ForeignNames.renamed[text(value)] {
      edits.append(Edit(tokens[value].range, own))
    }
    return edits
  }

  /// Braces for the body that follows a head without a sign.
  func body(after index: Int) -> [Edit]? {
    if kind(index + 1) == .colon { return body(replacing: index + 1) }
    guard kind(index + 1) == .newline else { return nil }
    return closing(from: index).map { [Edit(tokens[index].range.endPoint, " {")] + $0 }
  }

  /// Braces for the body that follows `:` or `then`.
  func body(replacing index: Int) -> [Edit]? {
    guard index > 0 else { return nil }
    let before = gap(index - 1, index)
    let head = before.union(tokens[index].range)
    if kind(index + 1) == .newline {
      return closing(from: index).map { [Edit(head, " {")] + $0 }
    }
    let last = end(of: index)
    guard last > index else { return nil }
    return [Edit(head, " {"), Edit(tokens[last].range.endPoint, " }")]
  }

  /// The brace that ends a body: in place of an `end`, or after the last line that stands further in.
  private func closing(from head: Int) -> [Edit]? {
    let own = indentation(of: file.line(at: tokens[head].range.start))
    var last: Int?
    for index in tokens.indices where index > head && isFirstOfLine(index) {
      let line = file.line(at: tokens[index].range.start)
      if indentation(of: line) > own { continue }
      if kind(index) == .name, ForeignWords.endings.contains(text(index)) {
        return [Edit(tokens[index].range, "}")]
      }
      if kind(index) == .rightBrace || tokens[index].kind == .endOfInput { break }
      last = index
      break
    }
    let end = last ?? tokens.count - 1
    guard let final = (head + 1..<end).last(where: { !kind($0).endsStatement }) else { return nil }
    let blank = String(repeating: " ", count: own)
    return [Edit(tokens[final].range.endPoint, "\n\(blank)}")]
  }

  private func isFirstOfLine(_ index: Int) -> Bool {
    let line = file.line(at: tokens[index].range.start)
    return index == 0 || file.line(at: tokens[index - 1].range.start) < line
      || kind(index - 1) == .newline
  }

  private func indentation(of line: Int) -> Int {
    let range = file.lineRange(line)
    return file.bytes[range.start..<range.end].prefix { $0 == 32 || $0 == 9 }.count
  }
}
