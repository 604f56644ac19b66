/// Blanks between atoms of a line, and before comments at its end.
enum Spacing {
  /// Whether a blank stands between two atoms.
  ///
  /// - Parameter before: the atom before the first.
  static func isSpaced(_ left: Atom, _ right: Atom, before: Atom?) -> Bool {
    if left.kind == .leftBrace { return right.kind != .rightBrace }
    if right.kind == .rightBrace { return true }
    if left.isOpener || right.isCloser { return false }
    switch right.kind {
    case .comma, .semicolon, .dot: return false
    // Of an option or a field; a whole axis is `:` alone, behind a comma.
    case .colon: return left.kind == .comma
    case .range, .halfOpenRange, .caret: return !left.endsValue && !isTight(left, before)
    case .leftParenthesis, .leftBracket:
      // A call or an index belongs to what is called.
      return left.kind == .rightBrace || (!left.endsValue && !isTight(left, before))
    default: return !isTight(left, before)
    }
  }

  /// Whether nothing stands between an atom and the next.
  private static func isTight(_ left: Atom, _ before: Atom?) -> Bool {
    switch left.kind {
    case .dot, .range, .halfOpenRange, .ellipsis, .caret: true
    // A sign, not an operation.
    case .minus, .plus: !(before?.endsValue ?? false)
    default: false
    }
  }
}

/// The columns of comments behind code.
enum TrailingComments {
  /// A line as far as such comments go.
  struct Line {
    /// Columns of its code.
    var code: Int
    /// The column that its comment had in the source; nil without one.
    var wish: Int?
    /// Whether an empty line stands before it.
    var startsParagraph: Bool
  }

  /// The column of each comment: two blanks behind the code. Comments of a paragraph that follow each
  /// other and stood in one column stay in one, two blanks behind the longest of their lines.
  static func columns(_ lines: [Line]) -> [Int?] {
    var columns: [Int?] = lines.map { $0.wish == nil ? nil : $0.code + 2 }
    var group: [Int] = []
    func settle() {
      let column = group.map { lines[$0].code + 2 }.max()
      for index in group { columns[index] = column }
      group = []
    }
    for (index, line) in lines.enumerated() {
      if line.startsParagraph { settle() }
      guard let wish = line.wish else { continue }
      if let last = group.last, lines[last].wish != wish { settle() }
      group.append(index)
    }
    settle()
    return columns
  }
}
